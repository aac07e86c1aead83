/* The little that htmx and HTML do not do. Every page works without it. */
(function () {
  'use strict';
  var closeAll = function (but) {
    document.querySelectorAll('details.fold[open], details.who[open]').forEach(function (d) {
      if (d !== but && !d.contains(but)) d.open = false;
    });
  };
  // menus close on a click elsewhere, and on Escape, which gives the focus back
  document.addEventListener('click', function (e) {
    closeAll(e.target.closest('details.fold, details.who'));
  });
  document.addEventListener('keydown', function (e) {
    var open = document.querySelector('details.fold[open], details.who[open]');
    if (e.key === 'Escape' && open) {
      open.open = false;
      open.querySelector('summary').focus();
    }
    // "/" goes to the search box, as long as nobody is typing
    if (e.key === '/' && !e.target.closest('input, textarea, select')) {
      e.preventDefault();
      document.getElementById('find').focus();
    }
  });
  // Ctrl+Enter saves a form, wherever in it one is writing
  document.addEventListener('keydown', function (e) {
    var form = e.key === 'Enter' && (e.ctrlKey || e.metaKey) && e.target.closest('.record-form');
    var save = form && form.querySelector('button.btn-primary[type=submit]');
    if (!save) return;
    e.preventDefault();
    save.click();
  });
  // a form that comes back with mistakes: one goes on at the first of them
  var atMistake = function () {
    var wrong = document.querySelector('.record-form .is-invalid');
    if (wrong) wrong.focus();
    if (wrong && wrong.matches('input[list]')) wrong.select();
  };
  atMistake();
  document.addEventListener('htmx:afterSettle', function (e) {
    if (e.target.id === 'main') atMistake();
  });
  // a changed filter that is chosen from a list takes effect at once
  document.addEventListener('change', function (e) {
    if (e.target.matches('.filters select')) e.target.form.requestSubmit();
  });
  // leaving a form with unsaved changes asks first
  var changed = false;
  document.addEventListener('input', function (e) {
    if (e.target.closest('.record-form')) changed = true;
  });
  document.addEventListener('submit', function () { changed = false; });
  window.addEventListener('beforeunload', function (e) { if (changed) e.preventDefault(); });
  // refusals are pages to be shown as well, and so is whatever else a form is answered
  document.addEventListener('htmx:beforeSwap', function (e) {
    var status = e.detail.xhr.status;
    if (status === 409 || status === 422 || (status >= 400 && e.detail.boosted)) {
      e.detail.shouldSwap = true;
      e.detail.isError = false;
    }
  });
  // the review of a page: j and k go through its facts, a, c and r act on the one that is looked at
  var facts = document.querySelectorAll('[data-review] [data-fact]');
  var go = function (fact) {
    facts.forEach(function (f) { f.classList.toggle('rfact-here', f === fact); });
    fact.focus({ preventScroll: true });
    fact.scrollIntoView({ block: 'nearest' });
    var told = document.getElementById(fact.querySelector('.mark-number').hash.slice(1));
    if (told) told.scrollIntoView({ block: 'nearest' });
  };
  document.addEventListener('keydown', function (e) {
    if (!facts.length || e.ctrlKey || e.altKey || e.metaKey || e.target.closest('input, textarea, select')) return;
    var here = document.querySelector('[data-fact]:focus-within') || document.querySelector('.rfact-here');
    var at = Array.prototype.indexOf.call(facts, here);
    if (e.key === 'j' || e.key === 'k') go(facts[Math.max(0, Math.min(facts.length - 1, at + (e.key === 'j' ? 1 : -1)))]);
    var button = here && /^[acr]$/.test(e.key) && here.querySelector('[data-key=' + e.key + ']');
    if (!button) return;
    e.preventDefault();
    button.click();
    if (e.key === 'r') button.parentNode.querySelector('select').focus();
  });
  // back from the page of a step one goes on at the card
  var card = /^#card-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (card) {
    if (card.closest('details')) card.closest('details').open = true;
    card.focus();
  }
  // a card that was moved by htmx keeps the focus
  document.addEventListener('htmx:afterSettle', function (e) {
    var from = e.detail.requestConfig && e.detail.requestConfig.elt.closest('.bcard');
    var moved = from && document.getElementById(from.id);
    if (!moved) return;
    var fold = moved.closest('details');
    if (fold) fold.open = true;
    moved.focus();
  });
})();
