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
  // answers 409 and 422 to a form are pages to be shown as well
  document.addEventListener('htmx:beforeSwap', function (e) {
    if (e.detail.xhr.status === 409 || e.detail.xhr.status === 422) {
      e.detail.shouldSwap = true;
      e.detail.isError = false;
    }
  });
  // a card that was moved by htmx keeps the focus
  document.addEventListener('htmx:afterSettle', function (e) {
    var from = e.detail.requestConfig && e.detail.requestConfig.elt.closest('.bcard');
    var card = from && document.getElementById(from.id);
    if (!card) return;
    var fold = card.closest('details');
    if (fold) fold.open = true;
    card.focus();
  });
})();
