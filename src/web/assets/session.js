/**
 * Opens links and holds this tab's write token, on every page of the console. The cookie alone lets a tab look; the
 * token, which other sites can't read or send, lets it act.
 */
(() => {
  const tokenKey = 'nerdy-write';
  const tabs = new BroadcastChannel('nerdy-console');

  // --- Opening a link: the secret is in the fragment, goes to the server once, and is out of the address at once.

  const openLink = async () => {
    const key = new URLSearchParams(location.hash.slice(1)).get('key');
    if (!key) return false;
    history.replaceState(null, '', location.pathname);
    showDoor('opening');
    try {
      const answer = await fetch('/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key }),
      });
      if (!answer.ok) {
        showDoor('used');
        sayHere('link-used-words');
        return false;
      }
      const { write } = await answer.json();
      sessionStorage.setItem(tokenKey, write);
      // The cookie is now this session's in every tab, so the others' tokens would not fit it any more.
      tabs.postMessage({ write, fresh: true });
      location.replace('/');
      return true;
    } catch {
      showDoor('unreachable');
      sayHere('unreachable-words');
      return false;
    }
  };

  const showDoor = (name) => {
    for (const part of document.querySelectorAll('[data-door]')) {
      const also = part.dataset.door === 'closed' && name !== 'opening';
      part.hidden = part.dataset.door !== name && !also;
    }
  };

  /** On the console itself there is no door; what went wrong is said above the composer. */
  const sayHere = (id) => {
    const words = document.getElementById(id);
    if (words) document.getElementById('toast').textContent = words.textContent;
  };

  // Also when a link is opened in a tab that shows the console already: only its fragment changes then.
  window.addEventListener('hashchange', openLink);

  openLink();
  if (document.body.dataset.page !== 'console') return;

  // --- The write token: this tab's own, or asked of another tab of this console.

  const token = () => sessionStorage.getItem(tokenKey);
  tabs.onmessage = ({ data }) => {
    if (data?.ask && token()) tabs.postMessage({ write: token() });
    if (data?.write && (data.fresh || !token())) {
      sessionStorage.setItem(tokenKey, data.write);
      showLookOnly();
    }
  };
  const field = document.getElementById('request');
  const toAsk = field.placeholder;
  /** What can't be sent is not taken either; what was written already stays in the field for when it can. */
  const showLookOnly = () => {
    const looks = document.documentElement.toggleAttribute('data-look-only', !token());
    field.placeholder = looks ? field.dataset.toLook : toAsk;
    for (const part of field.form.querySelectorAll('textarea, button')) part.disabled = looks;
  };
  if (!token()) {
    tabs.postMessage({ ask: true });
    // Another tab answers within a few milliseconds or there is none; the mark would only flash before.
    setTimeout(showLookOnly, 300);
  }
})();
