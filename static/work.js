/* Draws what the work after the handshake comes to: the course of an indicator with its forecast
 * (leaders' page, programme) and strips of lights and numbers. Everything drawn stands beside it as a
 * number with a link, and as a plain bar or a table where nothing is drawn. */
(function () {
  'use strict';
  if (!window.echarts) return;
  var wall = document.documentElement.classList.contains('wall');
  // a wall renews itself every minute, and keeps what it shows while the site does not answer
  if (wall) {
    window.setInterval(function () {
      fetch(location.href, { credentials: 'same-origin' }).then(function (r) { if (r.ok) location.reload(); }).catch(function () {});
    }, 60000);
  }
  var FONT = getComputedStyle(document.body).fontFamily;
  var INK = wall ? '#e8eef7' : '#1d2939', MUTED = wall ? '#a9bbd6' : '#5b6778', GRID = wall ? '#2b4c78' : '#e6eaf0';
  var TONE = wall
    ? { bad: '#f0647c', warn: '#f0b545', good: '#4fc178', active: '#6aa5ea', '': '#8fa6c6' }
    : { bad: '#c4314b', warn: '#c98a1b', good: '#2b8a4b', active: '#2f6fb5', '': '#7b8794' };
  var DAY = 86400000;
  var drawn = [];

  var number = function (s) { return s === '' || s === undefined ? null : Number(s); };
  var day_text = function (t) { return new Date(t).toISOString().slice(0, 10); };
  var short = function (x) { return Math.round(x * 100) / 100; };

  var course = function (el) {
    var d = el.dataset, big = 'axes' in d;
    var line = d.course.split(' ').map(function (p) { var a = p.split(':'); return [a[0] * DAY, Number(a[1])]; });
    var last = line[line.length - 1], end = d.end * DAY, target = number(d.target), forecast = number(d.forecast);
    var color = TONE[d.tone] || TONE[''], low = number(d.low), high = number(d.high);
    var unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    var series = [];
    var plain = function (data, style) {
      return Object.assign({ type: 'line', data: data, symbol: 'none', silent: true, tooltip: { show: false } }, style);
    };
    if (forecast !== null) {
      // the band: from what is now to the interval at the deadline
      series.push(plain([last, [end, low]], { stack: 'band', stackStrategy: 'all', lineStyle: { opacity: 0 } }));
      series.push(plain([[last[0], 0], [end, high - low]], { stack: 'band', stackStrategy: 'all', lineStyle: { opacity: 0 },
        areaStyle: { color: color, opacity: wall ? 0.4 : 0.22 } }));
      series.push(plain([last, [end, forecast]], { lineStyle: { color: color, width: 1.5 * unit, type: [4, 3] } }));
    }
    if (target !== null)
      series.push(plain([[d.start * DAY, target], [end, target]], { lineStyle: { color: MUTED, width: unit, type: [2, 2] } }));
    series.push({ type: 'line', name: 'value', data: line, symbol: 'circle', showSymbol: true, showAllSymbol: true,
      symbolSize: function (v) { return (v[0] === last[0] ? (big ? 8 : 5) : (big ? 4 : 0)) * unit; },
      lineStyle: { color: color, width: (big ? 2 : 1.5) * unit }, itemStyle: { color: color }, z: 5, silent: !big });
    return {
      animation: false, textStyle: { fontFamily: FONT, color: INK },
      grid: big ? { left: 6, right: 18, top: 12, bottom: 4, containLabel: true } : { left: 3, right: 5, top: 4, bottom: 4 },
      tooltip: big ? { trigger: 'axis', renderMode: 'richText', confine: true, backgroundColor: '#fff', borderColor: '#cfd7e2',
        textStyle: { color: '#1d2939', fontSize: 12 },
        formatter: function (list) {
          var v = list.filter(function (x) { return x.seriesName === 'value'; })[0];
          return v ? day_text(v.data[0]) + '  ' + short(v.data[1]) : '';
        } } : { show: false },
      xAxis: { type: 'time', min: d.start * DAY, max: end, show: big, axisLine: { lineStyle: { color: GRID } }, axisTick: { show: false },
        splitLine: { show: false }, axisLabel: { color: MUTED, fontSize: 11, hideOverlap: true,
          formatter: function (t) { return day_text(t).slice(0, 7); } } },
      yAxis: { type: 'value', show: big, axisLabel: { color: MUTED, fontSize: 11 }, splitLine: { lineStyle: { color: GRID } }, splitNumber: 3 },
      series: series
    };
  };
  // parts of a whole, or a length against the longest: as the plain bar has them
  var strip = function (parts) {
    var whole = parts.length > 1;
    return {
      animation: false, grid: { left: 0, right: 0, top: 0, bottom: 0 },
      xAxis: { type: 'value', show: false, min: 0, max: 100 }, yAxis: { type: 'category', show: false, data: [''] },
      series: parts.map(function (p, i) {
        return { type: 'bar', stack: 'all', data: [p.w], barWidth: '100%', silent: true, showBackground: whole && i === 0,
          backgroundStyle: { color: GRID }, itemStyle: { color: TONE[p.tone] } };
      })
    };
  };
  var parts_of = function (el) {
    return Array.from(el.querySelectorAll('rect[data-tone]')).map(function (r) { return { tone: r.dataset.tone, w: Number(r.dataset.w) }; });
  };
  var draw = function (el, option) {
    el.replaceChildren();
    el.hidden = false;
    el.classList.add('drawn');
    var chart = window.echarts.init(el, null, { renderer: 'canvas', devicePixelRatio: Math.max(3, window.devicePixelRatio || 1) });
    chart.setOption(option);
    drawn.push({ el: el, chart: chart, width: el.clientWidth, height: el.clientHeight });
  };
  // on paper the picture is scaled by its style: one made anew would not be painted in time
  var fit = function () {
    if (window.matchMedia('print').matches) return;
    drawn.forEach(function (c) {
      if (!c.el.clientWidth || (c.width === c.el.clientWidth && c.height === c.el.clientHeight)) return;
      c.width = c.el.clientWidth;
      c.height = c.el.clientHeight;
      c.chart.resize();
    });
  };
  var start = function () {
    document.querySelectorAll('.course').forEach(function (el) { draw(el, course(el)); });
    document.querySelectorAll('[data-strip]').forEach(function (el) { draw(el, strip(parts_of(el))); });
    window.addEventListener('resize', fit);
  };
  // canvas text wants its font
  if (document.fonts && document.fonts.ready) document.fonts.ready.then(start); else start();
})();
