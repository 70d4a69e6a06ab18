/**
 * The console's own script: sends the tab's write token along, keeps what the reader has begun while htmx and the
 * live stream change the page, and the keys. It has no markup and no words of its own; the server renders both.
 */
(() => {
  const byId = (id) => document.getElementById(id);

  const token = () => sessionStorage.getItem('nerdy-write');

  // --- Requests of htmx.

  /** What lets a script run. Refusing and ending stay possible on a page that may be old. */
  const goesAhead = '[data-act=approve], [data-act=canary], [data-act=continue]';
  const isStale = () => document.documentElement.hasAttribute('data-stale');

  /** A card whose script changed under the reader can't be approved at once: the click was meant for the old text. */
  const changedAt = new Map();
  const settleMs = 1500;

  document.body.addEventListener('htmx:confirm', (event) => {
    const form = event.target;
    const article = form.closest?.('article');
    if (!article || !form.querySelector(goesAhead)) return;
    if (isStale()) {
      // What is on the card may be over; it is fetched first, and why it can't be is said in the server's words.
      event.preventDefault();
      htmx.ajax('GET', `/console/threads/${article.dataset.root}`, { swap: 'none' });
      return;
    }
    if (performance.now() - (changedAt.get(article.id) ?? -settleMs) >= settleMs) return;
    event.preventDefault();
    say(`said-${article.dataset.number}`, byId('guard-words').textContent);
  });

  document.body.addEventListener('htmx:configRequest', ({ detail }) => {
    if (detail.verb !== 'post') return;
    detail.headers['x-nerdy-write'] = token() ?? '';
    detail.headers['x-nerdy-event'] = crypto.randomUUID();
    say('toast', '');
    const article = detail.elt.closest('article');
    const said = article?.querySelector('.said');
    if (said) said.textContent = '';
    if (/\/(approve|reject)$/.test(detail.path)) readersPlace.deciding(article);
  });

  document.body.addEventListener('htmx:sendError', () => say('toast', byId('unreachable-words').textContent));

  document.body.addEventListener('htmx:beforeSwap', ({ detail }) => makeRoom(detail.serverResponse));

  document.body.addEventListener('htmx:afterRequest', ({ detail }) => {
    if (/^\/console\/threads\//.test(detail.requestConfig?.path) && detail.xhr.status === 200)
      markStale(false);
    // htmx calls a refusal successful too, since its words are shown; what was written stays then, to be sent again.
    const acted = detail.requestConfig?.verb === 'post' && detail.xhr.status === 200;
    if (!acted) return;
    if (detail.elt.id === 'ask') {
      field.value = '';
      grow();
      // A machine is named for one request; the thread stays until it is left.
      setChip('on', '');
    }
    const asked = detail.requestConfig.path === '/console/ask';
    if (asked) readersPlace.follow();
    // The button that had the focus is gone; the card takes it, so that the keys go on from there.
    if (!asked && document.activeElement === document.body) {
      byId(detail.elt.closest('article')?.id)?.focus({ preventScroll: true });
    }
  });

  const say = (id, words) => {
    const place = byId(id);
    if (place) place.textContent = words;
  };

  // --- Fragments: an article that the page doesn't have yet gets its place first, in the order of numbers.

  const makeRoom = (html) => {
    if (!html?.includes('<article')) return;
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    for (const article of parsed.querySelectorAll('body > article')) {
      if (byId(article.id)) continue;
      const { number, root } = article.dataset;
      const room = document.createElement('article');
      room.id = article.id;
      room.dataset.number = number;
      if (number === root) {
        threadOf(root).prepend(room);
      } else {
        insertInOrder(threadOf(root).querySelector('.replies'), room);
        // The head of the thread is on no page yet: it is fetched as soon as this swap is over.
        if (!byId(`task-${root}`))
          setTimeout(() => htmx.ajax('GET', `/console/threads/${root}`, { swap: 'none' }));
      }
    }
  };

  const threadOf = (root) => {
    const known = byId(`thread-${root}`);
    if (known) return known;
    const thread = byId('thread-template').content.firstElementChild.cloneNode(true);
    thread.id = `thread-${root}`;
    thread.dataset.number = root;
    thread.querySelector('[data-reply]').dataset.reply = root;
    insertInOrder(byId('threads'), thread);
    return thread;
  };

  const insertInOrder = (parent, child) => {
    const after = [...parent.children].find(
      (other) => Number(other.dataset.number) > Number(child.dataset.number),
    );
    parent.insertBefore(child, after ?? null);
  };

  // --- What a morph must leave alone: what a person opened, typed or loaded.

  const settings = Idiomorph.defaults;
  settings.callbacks.beforeAttributeUpdated = (name, element, change) => {
    if (name === 'open' && element.tagName === 'DETAILS')
      return change === 'remove' ? readersPlace.mayFold(element) : readersPlace.mayOpen(element);
    if (name === 'hidden' && element.classList.contains('panel')) return false;
    if (name === 'aria-expanded' && element.dataset.toggle) return false;
    return true;
  };
  settings.callbacks.beforeNodeMorphed = (before, after) => {
    if (before.nodeType !== Node.ELEMENT_NODE) return true;
    if (before.tagName === 'ARTICLE') noteChange(before, after);
    if (before.tagName === 'DETAILS') keepOutput(before, after);
    if (before.tagName === 'TIME' && before.dateTime === after.dateTime) return false;
    if (before.tagName === 'FORM' && before.dataset.touched && before.id === after.id) return false;
    if (before.classList.contains('output-wait') && before.dataset.loaded && before.id === after.id)
      return false;
    return !(before.classList.contains('said') && before.textContent && !after.textContent);
  };

  const noteChange = (before, after) => {
    readersPlace.changing(before, after);
    const { proposal, state } = before.dataset;
    if (proposal && after.dataset.proposal !== proposal) changedAt.set(before.id, performance.now());
    if (state && state !== after.dataset.state) {
      const words = after.querySelector('.answer .words') ?? after.querySelector('.headline');
      say('announce', `#${after.dataset.number}: ${words?.textContent ?? ''}`);
    }
  };

  /** Output that leaves the card while its fold is open stays in it until the whole of it is fetched. */
  const keepOutput = (before, after) => {
    const wait = after.querySelector(':scope > .output-wait');
    const streams = before.querySelector(':scope > .streams');
    if (wait && streams && before.open) wait.replaceChildren(streams.cloneNode(true));
  };
  document.body.addEventListener('htmx:load', ({ target }) => {
    for (const wait of target.querySelectorAll('details[open] > .output-wait:not([data-loaded])'))
      wait.parentElement.dispatchEvent(new Event('toggle'));
  });

  document.body.addEventListener('htmx:afterSwap', ({ target }) => {
    if (target.classList?.contains('output-wait')) target.dataset.loaded = 'yes';
  });
  document.body.addEventListener('input', ({ target }) => {
    const form = target.closest('form.panel');
    if (form) form.dataset.touched = 'yes';
  });

  // --- The live stream.

  const markStale = (isOld) => {
    document.documentElement.toggleAttribute('data-stale', isOld);
    // Not disabled: that would take the focus from who reads, at every short break of the line.
    for (const button of document.querySelectorAll(goesAhead))
      if (isOld) button.setAttribute('aria-disabled', 'true');
      else button.removeAttribute('aria-disabled');
    if (!isOld && byId('toast').textContent === byId('unreachable-words').textContent) say('toast', '');
  };
  const mark = (state) => {
    byId('live-state').dataset.live = state;
    markStale(state === 'off');
  };
  let lastSeq = null;
  let source = null;
  document.body.addEventListener('htmx:sseOpen', ({ detail }) => {
    source = detail.source;
    mark('on');
  });
  document.body.addEventListener('htmx:sseError', () => mark('off'));
  document.body.addEventListener('htmx:sseBeforeMessage', ({ detail }) => {
    if (detail.lastEventId) lastSeq = detail.lastEventId;
    makeRoom(detail.data);
  });
  document.body.addEventListener('htmx:sseMessage', () => {
    countWaiting();
    tick();
  });

  const countWaiting = () => {
    const waiting = document.querySelectorAll('article[data-tone=waiting]').length;
    document.title = waiting > 0 ? `(${waiting}) NerdyOps` : 'NerdyOps';
  };

  // A browser opens only six connections to one server, and each stream holds one: a tab that nobody looks at gives
  // its stream back and catches up when it is looked at again.
  const hiddenMs = 60_000;
  let hiding = null;
  let paused = false;
  const pause = () => {
    const old = byId('live');
    const next = old.cloneNode(false);
    const address = old.getAttribute('sse-connect');
    if (lastSeq) next.setAttribute('sse-connect', address.replace(/seq=\d+/, `seq=${lastSeq}`));
    source?.close();
    old.replaceWith(next);
    paused = true;
  };
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(pause, hiddenMs);
    } else if (paused) {
      paused = false;
      htmx.process(byId('live'));
    }
  });

  // --- Times: said in the reader's zone, and counted on.

  const skew = Number(document.body.dataset.now) - Date.now();
  const pad = (value) => String(value).padStart(2, '0');
  const span = (ms) => {
    const seconds = Math.max(0, Math.round(ms / 1000));
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (seconds < 60) return `${seconds} s`;
    if (minutes < 60)
      return seconds % 60 && minutes < 5 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
    if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
    return `${Math.floor(hours / 24)} days`;
  };
  const clock = (at) => {
    const time = `${pad(at.getHours())}:${pad(at.getMinutes())}`;
    if (at.toDateString() === new Date().toDateString()) return time;
    return `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${time}`;
  };
  const tick = () => {
    const now = Date.now() + skew;
    for (const element of document.querySelectorAll('time[data-clock]')) {
      const at = new Date(element.dateTime);
      const way = element.dataset.clock;
      const words = way === 'at' ? clock(at) : span(way === 'left' ? at - now : now - at);
      if (element.textContent !== words) element.textContent = words;
    }
  };
  setInterval(tick, 1000);
  tick();
  countWaiting();

  // --- The composer.

  const form = byId('ask');
  const field = byId('request');
  const grow = () => {
    // Browsers that size a field by its content need no help.
    if (CSS.supports('field-sizing', 'content')) return;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  };
  field.addEventListener('input', grow);

  const setChip = (name, value, words = value) => {
    form.elements[name].value = value;
    const chip = byId(`chip-${name}`);
    chip.hidden = value === '';
    chip.querySelector('[data-chip-value]').textContent = words;
  };

  let recalled = null;
  const recall = (step) => {
    const asked = [...document.querySelectorAll('article .request')].map((request) => request.textContent);
    if (asked.length === 0) return;
    recalled = Math.min(asked.length, Math.max(0, (recalled ?? asked.length) + step));
    field.value = asked[recalled] ?? '';
    grow();
  };

  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      recalled = null;
      if (field.value.trim()) form.requestSubmit();
    } else if (event.key === 'ArrowUp' && (field.value === '' || recalled !== null)) {
      event.preventDefault();
      recall(-1);
    } else if (event.key === 'ArrowDown' && recalled !== null) {
      event.preventDefault();
      recall(1);
    } else if (event.key === 'Escape') {
      setChip('thread', '');
      setChip('on', '');
      field.blur();
    } else if (event.key.length === 1 || event.key === 'Backspace') {
      recalled = null;
    }
  });

  // --- Clicks on buttons that only change what is shown.

  const togglePanel = (id, open) => {
    const panel = byId(id);
    if (!panel) return;
    panel.hidden = open === undefined ? !panel.hidden : !open;
    for (const other of panel.parentElement.querySelectorAll('form.panel'))
      if (other !== panel) other.hidden = true;
    for (const button of panel.parentElement.querySelectorAll('[data-toggle][aria-expanded]')) {
      button.setAttribute('aria-expanded', String(!byId(button.dataset.toggle)?.hidden));
    }
    if (panel.hidden) {
      delete panel.dataset.touched;
      panel.reset();
      panel.parentElement.querySelector(`[data-toggle="${id}"][aria-expanded]`)?.focus();
    } else {
      // What the card answered to the act before is no word on this one.
      say(`said-${panel.closest('article')?.dataset.number}`, '');
      panel.querySelector('input:not([type=hidden]), textarea')?.focus({ preventScroll: true });
      readersPlace.show(panel);
    }
  };

  document.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (!button) return;
    if (button.dataset.toggle)
      togglePanel(button.dataset.toggle, button.dataset.toggleClose ? false : undefined);
    if (button.dataset.reply) setChip('thread', button.dataset.reply, `#${button.dataset.reply}`);
    if (button.dataset.on) {
      setChip('on', button.dataset.on);
      byId('agents').hidePopover?.();
    }
    if (button.dataset.reply || button.dataset.on) field.focus();
    if (button.id === 'chip-thread') setChip('thread', '');
    if (button.id === 'chip-on') setChip('on', '');
  });

  // --- Keys. A key only ever moves the focus to a button; pressing it stays a second, separate act.

  const cards = () => [...document.querySelectorAll('article')];
  const moveCard = (step) => {
    const all = cards();
    const at = all.indexOf(document.activeElement?.closest('article'));
    const next = at < 0 ? all.at(-1) : all[at + step];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: 'nearest' });
  };
  const pressable = { a: 'approve', r: 'reject', e: 'edit' };

  document.addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (key === 'Escape') {
      const panel = target.closest?.('form.panel');
      if (panel) togglePanel(panel.id, false);
      return;
    }
    if (target.matches('input, textarea, select')) return;
    const act =
      pressable[key] &&
      document.activeElement?.closest('article')?.querySelector(`[data-act=${pressable[key]}]`);
    if (key === '/') field.focus();
    else if (key === '?') byId('keys').togglePopover();
    else if (key === 'j') moveCard(1);
    else if (key === 'k') moveCard(-1);
    else if (act?.checkVisibility()) {
      // What must be typed first is where the key for Approve leads.
      const goal = act.closest('form.confirm')?.elements.confirm ?? act;
      goal.focus();
      goal.scrollIntoView({ block: 'nearest' });
      if (key !== 'a') act.click();
    } else return;
    event.preventDefault();
  });
})();
