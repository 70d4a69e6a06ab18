import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/core/alert.ts';
import { type Incident, type StoredAlert, transitionIncident } from '../../src/core/incident.ts';
import { flapQuietMs, flapTurnsMin, incidentReopenMs, lateTellMs } from '../../src/core/limits.ts';
import { type Told, tellIncident } from '../../src/core/tell-incident.ts';
import { anAlert } from '../fakes/alerts.ts';
import { ada, now } from './rows.ts';

/** Tells one alert after another, as a store would keep them. */
class Story {
  at = now;
  incident: Incident | null = null;
  opened = 0;
  readonly #rows = new Map<string, StoredAlert>();

  tell(...alerts: Partial<Alert>[]): Told | null {
    const told = tellIncident({
      told: alerts.map((over) => {
        const alert = anAlert(over);
        return { key: alert.key, alert, machines: alert.machines.map((m) => m.value) };
      }),
      ...{ key: 'k', via: 'hook', place: null, nextIncident: this.opened + 1, now: this.at },
      known: this.incident,
      rows: [...this.#rows.values()].filter((r) => r.incident === this.incident?.number),
    });
    if (!told) return null;
    if (told.isNew) this.opened += 1;
    this.incident = told.incident;
    for (const row of told.alerts) this.#rows.set(row.key, row);
    return told;
  }

  ends(...alerts: Partial<Alert>[]): Told | null {
    return this.tell(...alerts.map((over) => ({ status: 'resolved' as const, ...over })));
  }

  later(ms: number): this {
    this.at += ms;
    return this;
  }
}

describe('what becomes of an incident when it is told', () => {
  it('opens with the first alert and takes further ones of its group in', () => {
    const story = new Story();
    expect(story.tell({})).toMatchObject({ isNew: true, steps: [{ event: 'open', to: 'firing' }] });
    const more = story.tell({ key: 'disk of db2', machines: [{ kind: 'name', value: 'db2', from: 'x' }] });
    expect(more).toMatchObject({ isNew: false, steps: [] });
    expect(story.incident).toMatchObject({ firing: 2, times: 2, revision: 2, machines: ['db1', 'db2'] });
  });

  it('counts what is told again, and changes nothing else', () => {
    const story = new Story();
    story.tell({});
    story.tell({});
    expect(story.incident).toMatchObject({ firing: 1, resolved: 0, times: 2, state: 'firing' });
  });

  it('ends with the last of its alerts', () => {
    const story = new Story();
    story.tell({}, { key: 'second' });
    expect(story.ends({})?.steps).toEqual([]);
    expect(story.incident).toMatchObject({ state: 'firing', firing: 1, resolved: 1 });
    expect(story.ends({ key: 'second' })?.steps).toMatchObject([{ event: 'resolve', to: 'resolved' }]);
    expect(story.incident).toMatchObject({ state: 'resolved', endedAt: now });
  });

  it('does not end where one alert ends in the same delivery as another begins', () => {
    const story = new Story();
    story.tell({});
    const told = story.tell({ status: 'resolved' }, { key: 'second' });
    expect(told?.steps).toEqual([]);
    expect(story.incident).toMatchObject({ state: 'firing', firing: 1, resolved: 1, turns: [] });
  });

  it('takes a firing and its end in one delivery as both, after each other', () => {
    const story = new Story();
    const told = story.tell({}, { status: 'resolved' });
    expect(told?.steps.map((s) => s.event)).toEqual(['open', 'resolve']);
    expect(story.incident).toMatchObject({ state: 'resolved', times: 2 });
  });

  it('knows nothing of an end of what never began', () => {
    expect(new Story().ends({})).toBeNull();
  });

  it('is the same incident where it fires again soon, and another one later', () => {
    const story = new Story();
    story.tell({});
    story.ends({});
    story.later(incidentReopenMs - 1).tell({});
    expect(story.incident).toMatchObject({ number: 1, state: 'firing', endedAt: null });
    story.ends({});
    story.later(incidentReopenMs).tell({});
    expect(story.incident).toMatchObject({ number: 2, state: 'firing', firing: 1 });
  });

  it('flaps once it has come back often, over several incidents too, and is told once', () => {
    const story = new Story();
    story.tell({});
    for (let turn = 0; turn < flapTurnsMin; turn++) {
      story.ends({});
      story.later(incidentReopenMs).tell({});
    }
    const dueAt = story.at + flapQuietMs;
    expect(story.incident, 'though it may never be told again').toMatchObject({ state: 'flapping', dueAt });
    expect(story.incident).toMatchObject({ number: flapTurnsMin + 1 });
    story.ends({});
    story.later(incidentReopenMs).tell({});
    expect(story.incident).toMatchObject({ state: 'flapping', number: flapTurnsMin + 1, firing: 1 });
  });

  it('says how it stands when it has stopped flapping', () => {
    const story = new Story();
    story.tell({});
    for (let turn = 0; turn < flapTurnsMin; turn++) {
      story.ends({});
      story.tell({});
    }
    expect(story.incident).toMatchObject({ number: 1, state: 'flapping', dueAt: now + flapQuietMs });
    story.later(1).tell({});
    expect(story.incident?.dueAt, 'told again is no turn').toBe(now + flapQuietMs);
    const calm = transitionIncident(story.incident as Incident, { kind: 'calm' }, now + flapQuietMs);
    expect(calm).toMatchObject({ moved: true, incident: { state: 'firing', dueAt: null } });
  });

  it('ignores a firing that overtook its own end', () => {
    const story = new Story();
    story.tell({ startsAt: 5 });
    story.ends({ startsAt: 5 });
    expect(story.later(lateTellMs - 1).tell({ startsAt: 5 })).toBeNull();
    expect(story.tell({ startsAt: 6 })?.incident.state).toBe('firing');
  });

  it('ignores the end of an occurrence before this one', () => {
    const story = new Story();
    story.tell({ startsAt: 9 });
    expect(story.ends({ startsAt: 5 })).toBeNull();
    expect(story.incident?.state).toBe('firing');
  });

  it('stays silent while a silence lasts, be it that it ends and comes back, and tells its end', () => {
    const story = new Story();
    story.tell({});
    const until = now + 10 * incidentReopenMs;
    const silenced = transitionIncident(story.incident as Incident, { kind: 'silence', by: ada, until }, now);
    story.incident = silenced.moved ? silenced.incident : null;
    story.ends({});
    expect(story.incident).toMatchObject({ state: 'resolved', dueAt: null });
    story.later(2 * incidentReopenMs).tell({});
    expect(story.incident).toMatchObject({ number: 1, state: 'silenced', dueAt: until });
    const woken = transitionIncident(story.incident as Incident, { kind: 'wake' }, until);
    expect(woken).toMatchObject({ incident: { state: 'firing', silencedUntil: null } });
  });

  it('is acknowledged where the source says so, until it ends', () => {
    const story = new Story();
    story.tell({});
    story.tell({ status: 'acknowledged' });
    expect(story.incident).toMatchObject({ state: 'acknowledged', firing: 1 });
    story.ends({});
    story.tell({});
    expect(story.incident).toMatchObject({ state: 'firing', acknowledgedBy: null });
  });

  it('takes the worst severity of its alerts, and the labels that all have', () => {
    const story = new Story();
    story.tell({ labels: { job: 'node', instance: 'db1' } });
    story.tell({ key: '2', level: 'critical', severity: 'page', labels: { job: 'node', instance: 'db2' } });
    story.tell({ key: '3', level: 'info', severity: 'info', labels: { job: 'node' } });
    expect(story.incident).toMatchObject({ level: 'critical', severity: 'page', labels: { job: 'node' } });
  });
});
