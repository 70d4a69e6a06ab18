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
    sayWrong(form, '');
    settle(form);
  });

  /** The server's words, behind what was typed; the field says itself that it is the wrong one. */
  const sayWrong = (form, words) => {
    form.querySelector('.confirm-said').textContent = words;
    form.elements.confirm.setAttribute('aria-invalid', String(words !== ''));
  };

  // A browser sends nothing while the button is off, and says nothing of it either.
  document.body.addEventListener('keydown', (event) => {
    const form = event.target.closest('form.confirm');
    if (event.key !== 'Enter' || event.isComposing || event.target !== form?.elements.confirm) return;
    const typed = event.target.value.trim();
    if (fits(form)) return;
    event.preventDefault();
    sayWrong(form, typed === '' ? '' : `${typed} ${form.dataset.wrong}`);
  });

  // A yes that was counted and isn't enough leaves the form where it is, for somebody else.
  document.body.addEventListener('htmx:afterRequest', ({ detail }) => {
    const form = detail.elt.closest?.('form.confirm');
    if (!form) return;
    // A refusal comes as a page too, and what was typed stays, to be mended.
    if (detail.xhr.status === 200) {
      form.reset();
      delete form.dataset.touched;
      sayWrong(form, '');
    }
    settle(form);
  });
})();
