/**
 * Which view is seen, by the address: the requests, the incidents, or one of them. The one that is looked at is asked for
 * anew whenever the live list says that it has changed.
 */
(() => {
  const byId = (id) => document.getElementById(id);
  const pane = byId('incidents-pane');
  const chat = byId('chat');

  const fetchIncident = (number) => htmx.ajax('GET', `/console/incidents/${number}`, { swap: 'none' });

  const showTask = async (number) => {
    if (!byId(`task-${number}`)) await htmx.ajax('GET', `/console/threads/${number}`, { swap: 'none' });
    const task = byId(`task-${number}`);
    if (!task) return;
    readersPlace.show(task);
    task.focus({ preventScroll: true });
  };

  const show = () => {
    const one = /^#incident-(\d{1,15})$/.exec(location.hash)?.[1];
    const isIncidents = one !== undefined || location.hash === '#incidents';
    const changed = pane.hidden === isIncidents;
    pane.hidden = !isIncidents;
    chat.hidden = isIncidents;
    byId('incidents-all').hidden = one !== undefined;
    byId('incidents-one').hidden = one === undefined;
    for (const link of document.querySelectorAll('.views a')) {
      const isHere = (link.dataset.view === 'incidents') === isIncidents;
      if (isHere) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    if (isIncidents) {
      if (changed) pane.focus({ preventScroll: true });
      const shown = byId('incident');
      if (one !== undefined && shown.dataset.number !== one) {
        shown.replaceChildren();
        shown.dataset.number = one;
        shown.dataset.revision = '';
        pane.scrollTop = 0;
        fetchIncident(one);
      }
      return;
    }
    const task = /^#task-(\d{1,15})$/.exec(location.hash)?.[1];
    if (task && (changed || !byId(`task-${task}`))) showTask(task);
    else if (changed) readersPlace.follow();
  };
  addEventListener('hashchange', show);
  if (location.hash.startsWith('#incident')) show();
  else byId('incidents-pane').hidden = true;

  document.body.addEventListener('htmx:sseMessage', ({ detail }) => {
    if (byId('incidents-one').hidden || pane.hidden || !detail.data?.includes('id="incident-list"')) return;
    const { number, revision } = byId('incident').dataset;
    if (byId(`incident-row-${number}`)?.dataset.revision !== revision) fetchIncident(number);
  });

  // What is asked while incidents are looked at is answered among the requests.
  document.body.addEventListener('htmx:afterRequest', ({ detail }) => {
    const asked = detail.requestConfig?.path === '/console/ask' && detail.xhr.status === 200;
    if (asked && !pane.hidden) location.hash = '#requests';
  });

  document.addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || key !== 'i') return;
    if (target.matches('input, textarea, select')) return;
    location.hash = pane.hidden ? '#incidents' : '#requests';
    event.preventDefault();
  });
})();
