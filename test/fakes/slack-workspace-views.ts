import type { FilledFields } from './slack-workspace-elements.ts';
import type { SlackMethod, SlackMethodParts } from './slack-workspace-methods.ts';
import { appId, botId, type Json, SlackRefusal, teamId } from './slack-workspace-record.ts';

/** What a person has open: modals as a stack, and the app's home tab. */
export interface OpenView {
  id: string;
  hash: string;
  view: Json;
  /** What somebody typed or chose in it, by block and action id. It outlives updates that keep both ids. */
  filled: FilledFields;
}

/** The views of everybody. */
export class SlackViews {
  readonly modals = new Map<string, OpenView[]>();
  readonly homes = new Map<string, OpenView>();

  modalOf(person: string): OpenView | null {
    return this.modals.get(person)?.at(-1) ?? null;
  }

  find(id: unknown, externalId: unknown): { person: string; open: OpenView } | null {
    const all = [...this.modals, ...[...this.homes].map(([person, home]) => [person, [home]] as const)];
    for (const [person, stack] of all) {
      for (const open of stack) {
        if (open.id === id || (externalId !== undefined && open.view.external_id === externalId)) {
          return { person, open };
        }
      }
    }
    return null;
  }
}

/** As events and answers tell it. */
export const viewJson = ({ id, hash, view }: OpenView, values: Json = {}): Json => ({
  ...{ private_metadata: '', callback_id: '', external_id: '', notify_on_close: false },
  ...view,
  ...{ id, hash, team_id: teamId, app_id: appId, bot_id: botId, root_view_id: id, previous_view_id: null },
  state: { values },
});

/** The methods that show views. */
export const viewMethods = (
  { record, rules, triggers }: SlackMethodParts,
  views: SlackViews,
): Record<string, SlackMethod> => {
  const checked = (view: unknown, type: 'modal' | 'home'): Json => {
    if (typeof view !== 'object' || view === null) throw new SlackRefusal('invalid_arguments');
    const { tooLarge, broken } = rules.view(view as Json, type);
    if (tooLarge) throw new SlackRefusal('view_too_large');
    if (broken.length > 0)
      throw new SlackRefusal('invalid_arguments', { response_metadata: { messages: broken } });
    const { blocks } = view as { blocks: Json[] };
    return { ...view, blocks: record.withIds(blocks) };
  };
  const fresh = (view: Json): OpenView => ({
    ...{ id: record.makeId('V'), hash: record.makeTs(), view, filled: {} },
  });
  const show = (person: string, open: OpenView, stack: OpenView[]): Json => {
    views.modals.set(person, [...stack, open]);
    record.changed();
    return { view: viewJson(open) };
  };

  return {
    'views.open': (args) => {
      const view = checked(args.view, 'modal');
      const person = triggers.takeTrigger(args.trigger_id);
      if (views.modalOf(person)) throw new SlackRefusal('push_limit_reached');
      return show(person, fresh(view), []);
    },
    'views.push': (args) => {
      const view = checked(args.view, 'modal');
      const person = triggers.takeTrigger(args.trigger_id);
      const stack = views.modals.get(person) ?? [];
      if (stack.length === 0) throw new SlackRefusal('not_found');
      if (stack.length >= 3) throw new SlackRefusal('push_limit_reached');
      return show(person, fresh(view), stack);
    },
    'views.update': (args) => {
      const found = views.find(args.view_id, args.external_id);
      if (!found) throw new SlackRefusal('not_found');
      const { open } = found;
      const view = checked(args.view, open.view.type === 'home' ? 'home' : 'modal');
      if (args.hash !== undefined && args.hash !== open.hash) throw new SlackRefusal('hash_conflict');
      Object.assign(open, { view, hash: record.makeTs() });
      record.changed();
      return { view: viewJson(open) };
    },
    'views.publish': (args) => {
      const view = checked(args.view, 'home');
      const person = record.people.get(String(args.user_id ?? ''));
      if (!person) throw new SlackRefusal('user_not_found');
      const known = views.homes.get(person.id);
      if (known && args.hash !== undefined && args.hash !== known.hash) {
        throw new SlackRefusal('hash_conflict');
      }
      const open = { ...fresh(view), ...(known ? { id: known.id } : {}) };
      views.homes.set(person.id, open);
      record.changed();
      return { view: viewJson(open) };
    },
  };
};
