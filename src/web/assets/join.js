/** The panel that adds a machine: copies a line, and forgets the lines when it is closed. It has no words of its own. */
(() => {
  const panel = document.getElementById('join');

  document.addEventListener('click', async ({ target }) => {
    const button = target.closest('button[data-copy]');
    if (!button) return;
    const line = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(line.textContent);
    } catch {
      // Without HTTPS, or where the browser forbids it: the line is selected, and the person's own keys copy it.
      getSelection().selectAllChildren(line);
      return;
    }
    const words = button.textContent;
    button.textContent = button.dataset.copied;
    document.getElementById('announce').textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = words;
    }, 2000);
  });

  panel?.addEventListener('toggle', ({ newState }) => {
    if (newState === 'open') {
      panel.querySelector('input').focus();
      return;
    }
    document.getElementById('invite-result').replaceChildren();
    document.getElementById('invite-said').replaceChildren();
  });
})();
