import { renderToString } from 'preact-render-to-string';
import type { Agent } from '../core/agent.ts';
import type { Invite } from '../core/enrolment.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import { AgentCount, AgentList } from './render-agents.tsx';
import { type Invitation, InviteResult, OpenInvites } from './render-join.tsx';

/** Fragments about machines that come and go, each in the place of what the page has under its id. */
export const renderMachines = {
  invites: (invites: readonly Invite[], now: Instant): string =>
    renderToString(<OpenInvites invites={invites} now={now} oob />),
  invited: (invitation: Invitation): string =>
    renderToString(
      <>
        <InviteResult invitation={invitation} oob />
        <Said id="invite-said" />
      </>,
    ),
  /** What was shown of it is worth nothing now. */
  withdrawn: (id: string): string =>
    renderToString(
      <>
        <InviteResult invitation={null} oob />
        <Said
          id="invite-said"
          words={`The invitation ${id.slice(0, 8)} is withdrawn: its line lets nobody in.`}
        />
      </>,
    ),
  list: (agents: readonly Agent[], now: Instant): string =>
    renderToString(
      <>
        <AgentList agents={agents} now={now} oob />
        <AgentCount agents={agents} oob />
        <Said id="agents-said" />
      </>,
    ),
  said: (id: string, { code, text }: Sentence): string =>
    renderToString(<Said id={id} words={text} code={code} />),
};

const Said = ({ id, words, code }: { id: string; words?: string; code?: string }) => (
  <div class="said" id={id} role="alert" data-code={code} hx-swap-oob="outerHTML">
    {words}
  </div>
);
