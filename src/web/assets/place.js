/**
 * Keeps the reader's place while the page changes under it: at the end it stays at the end, elsewhere what is looked
 * at stays where it is on the screen. And it says what may fold by itself: nothing that somebody is reading.
 *
 * Done here and not by the browser's own scroll anchoring, which not every phone has and which knows no answers.
 */
globalThis.readersPlace = (() => {
  const chat = document.getElementById('chat');
  const nearEnd = 48;
  /** True while the reader is at the end and follows it. */
  let follows = !location.hash.startsWith('#task-');
  /** One edge of one element that stays where it is on the screen. */
  let held = null;
  /** The answer that has just come to a reader who follows the end; its beginning must be in sight. */
  let fresh = null;
  /** Folds that the reader has opened, closed or read when they would have folded: theirs from then on. */
  const readers = new WeakSet();
  /** Articles that the reader has decided: what that was about needs no room any more. */
  const decided = new WeakSet();
  /** Whether the article that is changing may fold something, and whether something that is in sight. */
  let folds = false;
  let foldsInSight = false;
  let opens = false;

  const atEnd = () => chat.scrollHeight - chat.scrollTop - chat.clientHeight < nearEnd;

  const hold = (element, edge = 'top') => {
    held = element ? { element, edge, at: element.getBoundingClientRect()[edge] } : null;
  };

  /** Holds what is read first on the screen: the first part that begins on it, else the one that covers it. */
  const look = () => {
    follows ||= atEnd();
    const { top, bottom } = chat.getBoundingClientRect();
    let covers = null;
    for (const part of chat.querySelectorAll('article > :not(.card), .card > *')) {
      const box = part.getBoundingClientRect();
      if (box.height === 0 || box.bottom <= top) continue;
      if (box.top >= bottom) break;
      if (box.top >= top) return hold(part);
      covers = part;
    }
    hold(covers);
  };

  const keep = () => {
    const answer = fresh && document.getElementById(fresh);
    fresh = null;
    if (answer) {
      const above = answer.getBoundingClientRect().top - chat.getBoundingClientRect().top;
      chat.scrollTop = Math.min(chat.scrollHeight, chat.scrollTop + above - nearEnd);
      follows = atEnd();
      hold(answer);
    } else if (follows) {
      chat.scrollTop = chat.scrollHeight;
    } else if (held?.element.isConnected) {
      const moved = held.element.getBoundingClientRect()[held.edge] - held.at;
      if (Math.abs(moved) >= 1) chat.scrollTop += moved;
    }
  };

  let looking = false;
  chat.addEventListener('scroll', () => {
    follows = atEnd();
    if (looking) return;
    looking = true;
    requestAnimationFrame(() => {
      looking = false;
      look();
    });
  });
  const resized = new ResizeObserver(keep);
  resized.observe(chat.firstElementChild);
  resized.observe(chat);

  for (const name of ['htmx:sseBeforeMessage', 'htmx:beforeSwap']) document.body.addEventListener(name, look);
  for (const name of ['htmx:sseMessage', 'htmx:afterSwap', 'htmx:afterRequest'])
    document.body.addEventListener(name, keep);

  // --- Folds. What the reader opens grows downwards from the line that was pressed, at the end of the page too.

  document.addEventListener(
    'click',
    ({ target }) => {
      const summary = target.closest('summary');
      if (!summary) return;
      readers.add(summary.parentElement);
      follows = false;
      hold(summary);
    },
    true,
  );
  document.addEventListener(
    'toggle',
    ({ target }) => {
      if (!readers.has(target)) return;
      keep();
      follows = atEnd();
    },
    true,
  );

  const isRead = (details) =>
    readers.has(details) ||
    details.contains(document.activeElement) ||
    (!getSelection().isCollapsed && getSelection().containsNode(details, true)) ||
    // Output stays at its end by itself; whoever scrolled up in it is looking for something.
    [...details.querySelectorAll('.tail')].some((tail) => Math.abs(tail.scrollTop) > 1);

  /** Whether what the server would fold may be folded under the eyes of this reader. */
  const mayFold = (details) => {
    if (!folds) return false;
    if (isRead(details)) {
      readers.add(details);
      return false;
    }
    const frame = chat.getBoundingClientRect();
    const box = details.getBoundingClientRect();
    return foldsInSight || box.bottom <= frame.top || box.top >= frame.bottom;
  };

  /**
   * In the middle of the page, what is in sight folds only for who looks at the card's end. What stays is the line of
   * the run: the script folds above it, and the answer comes where its output was.
   */
  const looksAtEnd = (card) => {
    const frame = chat.getBoundingClientRect();
    const end = card?.getBoundingClientRect().bottom ?? 0;
    if (end <= frame.top || end > frame.bottom + nearEnd) return false;
    const runs = card.querySelector('.runs');
    if (runs) hold(runs);
    else hold(card, 'bottom');
    return true;
  };

  /**
   * Called before an article becomes another one. It may fold when the reader has decided it, or with the first words
   * of its answer; not when somebody else decides what is just being read. An answer that comes at the end of the
   * page is shown from its beginning.
   */
  const changing = (before, after) => {
    folds = decided.has(before) || after.querySelector('.answer[data-words], .answer:not(.writing)') !== null;
    foldsInSight = folds && (follows || looksAtEnd(before.querySelector('.card')));
    opens = follows && after.dataset.state === 'paused' && before.dataset.state !== 'paused';
    const whole = '.answer:not(.writing)';
    if (!follows || !after.querySelector(whole) || before.querySelector(whole)) return;
    if ([...document.querySelectorAll('article')].at(-1) !== before) return;
    const written = before.querySelector('.answer.writing[data-words]');
    if (written) {
      // It is being read already: its facts come below, and it stays where it is.
      follows = false;
      hold(written);
    } else {
      fresh = after.querySelector(whole).id;
    }
  };

  const follow = () => {
    follows = true;
    keep();
  };

  /** Nothing opens by itself but what is to be looked at in a pause, and that only for who follows the end. */
  const mayOpen = (details) => opens && !readers.has(details);

  const deciding = (article) => decided.add(article);

  /** Brings what the reader has just opened into sight: all of it, or as much from its beginning as there is room for. */
  const show = (element) => {
    follows = false;
    const fits = element.getBoundingClientRect().height <= chat.clientHeight;
    element.scrollIntoView({ block: fits ? 'nearest' : 'start' });
    hold(element);
  };

  return { follow, show, deciding, changing, mayFold, mayOpen };
})();
