/* Draws the dashboard: each chart from the table beside it, which stays there for everybody else.
 * A click on a bar goes where its figure in the table goes. */
(function () {
  'use strict';
  if (!window.echarts) return;
  var INK = '#1d2939', MUTED = '#5b6778', LINE = '#e6eaf0';
  var COLOR = { need: '#2b5f9e', result: '#d9a441', talk: '#4a86b8', agreed: '#3b8f6b', amount: '#3b8f6b' };
  var PARTS = ['#2b5f9e', '#6b9bc9', '#a9c6e0', '#3b8f6b', '#d9a441', '#c98b6b', '#9aa6b6', '#c9d2dd'];
  var STEPS = ['#1f4e8c', '#2b639f', '#3a79b2', '#5290c2', '#4c9a8a', '#3b8f6b'];
  var FONT = getComputedStyle(document.body).fontFamily;
  var still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

  var read = function (table) {
    var heads = table.querySelectorAll('thead th[data-color]');
    var t = { labels: [], series: [] };
    heads.forEach(function (th) {
      t.series.push({ name: th.textContent, color: COLOR[th.dataset.color], money: th.dataset.color === 'amount', data: [] });
    });
    table.querySelectorAll('tbody tr').forEach(function (tr) {
      t.labels.push(tr.querySelector('th').textContent);
      tr.querySelectorAll('td').forEach(function (td, i) {
        var a = td.querySelector('a');
        t.series[i].data.push({ value: Number(td.dataset.n), text: td.textContent, href: a ? a.getAttribute('href') : null });
      });
    });
    return t;
  };
  var tip = function (p) {
    var list = Array.isArray(p) ? p : [p];
    return list[0].name + '\n' + list.map(function (x) {
      return (x.seriesName && list.length > 1 ? x.seriesName + '  ' : '') + x.data.text;
    }).join('\n');
  };
  var axis = function (more) {
    return Object.assign({ axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false },
      axisLabel: { color: MUTED, fontSize: 12 }, splitLine: { lineStyle: { color: LINE } } }, more);
  };
  var legend = function (t) {
    return t.series.length > 1 ? { top: 0, right: 0, itemWidth: 10, itemHeight: 10, icon: 'roundRect', textStyle: { color: MUTED } } : { show: false };
  };
  // two lines of n characters, a Latin letter being half of one
  var wide = function (s) { return s.replace(/[\x20-\x7e]/g, '').length + s.replace(/[^\x20-\x7e]/g, '').length / 2; };
  var head = function (s, n) {
    var i = s.length;
    while (wide(s.slice(0, i)) > n) i--;
    return i;
  };
  var lines = function (s, n) {
    if (wide(s) <= n) return s;
    var at = head(s, n), space = s.lastIndexOf(' ', at);
    if (space > at / 3) at = space;
    var rest = s.slice(at).trim();
    return s.slice(0, at) + '\n' + (wide(rest) > n ? rest.slice(0, head(rest, n - 1)) + '…' : rest);
  };
  var bars = function (t, el, stack) {
    var most = el.clientWidth < 360 ? 8 : 10;
    return {
      legend: legend(t), grid: { left: 4, right: 36, top: t.series.length > 1 ? 28 : 6, bottom: 0, containLabel: true },
      xAxis: axis({ type: 'value', minInterval: 1, axisLabel: { color: MUTED } }),
      yAxis: axis({ type: 'category', inverse: true, data: t.labels, splitLine: { show: false },
        axisLabel: { color: INK, fontSize: 11, lineHeight: 13, interval: 0, formatter: function (s) { return lines(s, most); } } }),
      series: t.series.map(function (s, i) {
        return { type: 'bar', name: s.name, data: s.data, stack: stack ? 'all' : undefined, barMaxWidth: stack ? 16 : 10,
          barGap: '15%', itemStyle: { color: s.color, borderRadius: stack ? 0 : [0, 2, 2, 0] },
          label: { show: !stack || i === t.series.length - 1, position: 'right', color: MUTED, fontSize: 11,
            formatter: function (p) {
              if (!stack) return p.value || '';
              return t.series.reduce(function (n, x) { return n + x.data[p.dataIndex].value; }, 0);
            } } };
      })
    };
  };
  var kinds = {
    bars: function (t, el) { return bars(t, el, false); },
    stack: function (t, el) { return bars(t, el, true); },
    // records and money have no common scale: a panel for each, side by side where there is room
    column: function (t, el) {
      var n = t.series.length, below = el.clientWidth < 360, part = 100 / n;
      var place = function (i) {
        return below ? { left: 4, right: 4, top: i * part + (i ? 4 : 0) + '%', height: part - 22 + '%' }
          : { left: i * part + (i ? 3 : 0) + '%', width: part - 3 + '%', top: 0, bottom: 0 };
      };
      return {
        title: t.series.map(function (s, i) {
          var at = place(i);
          return { text: s.name, left: at.left, top: at.top, padding: 0, textStyle: { color: INK, fontSize: 12, fontWeight: 'normal', fontFamily: FONT } };
        }),
        grid: t.series.map(function (s, i) {
          return below ? Object.assign(place(i), { top: parseFloat(place(i).top) + 16 + '%' }) : Object.assign(place(i), { top: 44, bottom: 22 });
        }),
        xAxis: t.series.map(function (s, i) { return axis({ type: 'category', gridIndex: i, data: t.labels, splitLine: { show: false } }); }),
        yAxis: t.series.map(function (s, i) {
          return axis({ type: 'value', gridIndex: i, min: 0, axisLabel: { show: false }, splitNumber: 4 });
        }),
        series: t.series.map(function (s, i) {
          return { type: 'bar', name: s.name, xAxisIndex: i, yAxisIndex: i, data: s.data, barMaxWidth: 44,
            itemStyle: { color: s.money ? COLOR.amount : COLOR.talk, borderRadius: [2, 2, 0, 0] },
            label: { show: true, position: 'top', color: INK, fontSize: 12, formatter: function (p) { return p.data.text; } } };
        })
      };
    },
    line: function (t, el) {
      return {
        legend: legend(t), grid: { left: 4, right: 12, top: 32, bottom: 0, containLabel: true },
        xAxis: axis({ type: 'category', data: t.labels, boundaryGap: true, splitLine: { show: false },
          axisLabel: { color: MUTED, hideOverlap: true } }),
        yAxis: axis({ type: 'value', minInterval: 1 }),
        series: t.series.map(function (s, i) {
          return { type: i === 1 ? 'bar' : 'line', name: s.name, data: s.data, symbolSize: 7, symbol: 'circle', barMaxWidth: 18, z: i === 1 ? 1 : 3,
            lineStyle: { width: 2 }, itemStyle: { color: i === 1 ? '#ecd3a0' : s.color } };
        })
      };
    },
    pie: function (t, el) {
      var narrow = el.clientWidth < 480;
      return {
        color: PARTS,
        series: [{ type: 'pie', radius: narrow ? ['36%', '58%'] : ['46%', '74%'], center: ['50%', '52%'], avoidLabelOverlap: true,
          itemStyle: { borderColor: '#fff', borderWidth: 2 },
          label: { color: INK, fontSize: narrow ? 11 : 12, formatter: '{b} {c}' },
          labelLine: { length: 8, length2: 8, lineStyle: { color: '#b8c2cf' } },
          data: t.series[0].data.map(function (d, i) { return Object.assign({ name: t.labels[i] }, d); }) }]
      };
    },
    funnel: function (t, el) {
      var first = t.series[0].data[0].value || 1;
      return {
        grid: { left: 4, right: 92, top: 6, bottom: 0, containLabel: true },
        xAxis: axis({ type: 'value', show: false }),
        yAxis: axis({ type: 'category', inverse: true, data: t.labels, axisLine: { show: false }, splitLine: { show: false }, axisLabel: { color: INK, fontSize: 13 } }),
        series: [{ type: 'bar', data: t.series[0].data.map(function (d, i) {
          return Object.assign({ itemStyle: { color: STEPS[i % STEPS.length], borderRadius: 3 } }, d);
        }), barWidth: '62%', showBackground: true, backgroundStyle: { color: '#f3f6fa', borderRadius: 3 },
          label: { show: true, position: 'right', color: INK, fontSize: 13, formatter: function (p) {
            return p.value + '   ' + Math.round(100 * p.value / first) + '%';
          } } }]
      };
    }
  };
  // first the room for all, since cards in a row are as high as the highest
  var place = function (el) {
    var box = el.closest('.chart-card'), t = read(box.querySelector('table'));
    if (!kinds[el.dataset.chart] || !t.labels.length) return null;
    el.hidden = false;
    if (/bars|stack/.test(el.dataset.chart)) {
      var each = el.dataset.chart === 'stack' || t.series.length < 2 ? 27 : 34;
      el.style.minHeight = Math.max(160, t.labels.length * each + (t.series.length > 1 ? 60 : 40)) + 'px';
    }
    box.querySelector('.chart-data').open = false;
    return { el: el, t: t };
  };
  var draw = function (c) {
    var el = c.el, kind = kinds[el.dataset.chart];
    var chart = window.echarts.init(el, null, { renderer: 'canvas', width: el.clientWidth, height: el.clientHeight,
      devicePixelRatio: Math.max(2, window.devicePixelRatio || 1) });
    var base = { animation: !still, animationDuration: 300, textStyle: { fontFamily: FONT, color: INK },
      tooltip: { renderMode: 'richText', trigger: /line|column/.test(el.dataset.chart) ? 'axis' : 'item', formatter: tip,
        axisPointer: { type: 'shadow', shadowStyle: { color: 'rgba(31,78,140,0.06)' } },
        backgroundColor: '#fff', borderColor: '#cfd7e2', textStyle: { color: INK, fontSize: 12 }, confine: true } };
    chart.setOption(Object.assign(base, kind(c.t, el)));
    chart.on('click', function (p) { if (p.data && p.data.href) window.location.assign(p.data.href); });
    var width = el.clientWidth;
    var fit = function () {
      if (el.clientWidth === width) return;
      width = el.clientWidth;
      chart.resize({ width: width, height: parseFloat(getComputedStyle(el).minHeight) });
      chart.setOption(kind(c.t, el));
    };
    window.addEventListener('resize', fit);
    window.addEventListener('beforeprint', fit);
    window.addEventListener('afterprint', fit);
  };
  var start = function () {
    Array.from(document.querySelectorAll('[data-chart]')).map(place).filter(Boolean).forEach(draw);
  };
  // canvas text wants its font
  if (document.fonts && document.fonts.ready) document.fonts.ready.then(start); else start();
})();
