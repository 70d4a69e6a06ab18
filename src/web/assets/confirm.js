/** A yes that must be typed: its buttons work while the text fits. The server decides; this only spares a click. */
(() => {
  /** A number sign before it is how people write a task's number. */
  const fits = (form) => form.elements.confirm.value.trim().replace(/^#/, '') === form.dataset.typed;

  const settle = (form) => {
    for (const button of form.querySelectorAll('button[type=submit]')) button.disabled = !fits(form);
  };

  document.body.addEventListener('input', ({ target }) => {
    const form = target.closest('form.confirm');
    if (!form) return;
    // What a person has begun, no update of the page takes away.
    form.dataset.touched = 'yes';
    settle(form);
  });

  // A yes that was counted and isn't enough leaves the form where it is, for somebody else.
  document.body.addEventListener('htmx:afterRequest', ({ detail }) => {
    const form = detail.elt.closest?.('form.confirm');
    if (!form) return;
    // A refusal comes as a page too, and what was typed stays, to be mended.
    if (detail.xhr.status === 200) {
      form.reset();
      delete form.dataset.touched;
    }
    settle(form);
  });
})();
