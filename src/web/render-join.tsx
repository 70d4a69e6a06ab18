import type { VNode } from 'preact';
import type { Invite } from '../core/enrolment.ts';
import { reachProblem } from '../core/join-reach.ts';
import { inviteMs, inviteMsMax } from '../core/limits.ts';
import type { Instant } from '../core/task.ts';
import { Icon } from './render-icons.tsx';
import { Act } from './render-parts.tsx';
import { At, Span } from './render-times.tsx';

/** An invitation that was just made, with what is shown only now. */
export interface Invitation {
  invite: Invite;
  token: string;
  lines: { posix: string; windows: string } | null;
  now: Instant;
}

const times: readonly (readonly [ms: number, words: string])[] = [
  [10 * 60_000, '10 minutes'],
  [inviteMs, '1 hour'],
  [24 * 3_600_000, '1 day'],
  [inviteMsMax, '7 days'],
];

/** Adds a machine: what it gets, then the lines to paste on it. */
export const JoinPanel = (): VNode => (
  <div
    id="join"
    class="join"
    popover="auto"
    role="dialog"
    aria-labelledby="join-title"
    hx-get="/console/invites"
    hx-trigger="toggle"
    hx-swap="none"
  >
    <div class="join-head">
      <h2 id="join-title">Add a machine</h2>
      <button
        type="button"
        class="button icon-only quiet-button"
        popovertarget="join"
        popovertargetaction="hide"
        aria-label="Close"
      >
        <Icon name="close" />
      </button>
    </div>
    <form
      id="join-form"
      class="join-form"
      hx-post="/console/invites"
      hx-swap="none"
      hx-disabled-elt="find button"
    >
      <label>
        <span>Name</span>
        <input name="name" type="text" autocomplete="off" spellcheck={false} placeholder="its host name" />
      </label>
      <label>
        <span>Labels</span>
        <input
          name="labels"
          type="text"
          autocomplete="off"
          spellcheck={false}
          placeholder="role=db env=prod"
        />
      </label>
      <label class="join-time">
        <span>Good for</span>
        <select name="expires">
          {times.map(([ms, words]) => (
            <option key={ms} value={String(ms)} selected={ms === inviteMs}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button primary">
        Make the line
      </button>
    </form>
    <div id="invite-said" class="said" role="alert" />
    <InviteResult invitation={null} oob={false} />
    <OpenInvites invites={[]} now={0} oob={false} />
  </div>
);

/** The lines, told once: the page forgets them when the panel is closed. */
export const InviteResult = (props: { invitation: Invitation | null; oob: boolean }): VNode => {
  const { invitation, oob } = props;
  const problem = invitation && reachProblem(invitation.token);
  return (
    <div
      id="invite-result"
      class="join-result"
      hx-swap-oob={oob ? 'outerHTML' : undefined}
      aria-live="polite"
    >
      {invitation && (
        <>
          {problem && <p class="warning">{problem.text}</p>}
          {invitation.lines ? (
            <>
              <Line
                id="line-posix"
                title="Linux and macOS"
                where="in a shell"
                text={invitation.lines.posix}
              />
              <Line
                id="line-windows"
                title="Windows"
                where="in PowerShell, as administrator"
                text={invitation.lines.windows}
              />
            </>
          ) : (
            <Line
              id="line-token"
              title="On the machine"
              where="where the agent is installed"
              text={`nerdy-agent join ${invitation.token}`}
            />
          )}
          <p class="quiet">
            It works once, until <At at={invitation.invite.expiresAt} now={invitation.now} />, and is shown
            only here. Whoever has it first can join, so send it as you would send a password.
          </p>
        </>
      )}
    </div>
  );
};

const Line = (props: { id: string; title: string; where: string; text: string }): VNode => (
  <section class="join-line">
    <div class="join-line-head">
      <b>{props.title}</b>
      <span class="quiet">{props.where}</span>
      <button
        type="button"
        class="button"
        data-copy={props.id}
        data-copied="Copied"
        aria-label={`Copy the line for ${props.title}`}
      >
        Copy
      </button>
    </div>
    <pre id={props.id} class="command">
      <code>{props.text}</code>
    </pre>
  </section>
);

/** Those that nobody has used yet, each with a way to take it back. */
export const OpenInvites = (props: { invites: readonly Invite[]; now: Instant; oob: boolean }): VNode => (
  <div id="invites" class="join-open" hx-swap-oob={props.oob ? 'outerHTML' : undefined}>
    {props.invites.length > 0 && (
      <>
        <h3>Not used yet</h3>
        <ul>
          {props.invites.map((invite) => (
            <li key={invite.id}>
              <span class="join-invite">
                <b>{invite.name ?? 'any name'}</b>
                {Object.entries(invite.labels).map(([key, value]) => (
                  <span class="label" key={key}>
                    {key}={value}
                  </span>
                ))}
                <span class="quiet">
                  by {invite.by.name}, <Span at={invite.expiresAt} now={props.now} way="left" /> left
                </span>
              </span>
              <Act to={`/console/invites/${invite.id}/withdraw`} label={`Withdraw ${invite.id.slice(0, 8)}`}>
                Withdraw
              </Act>
            </li>
          ))}
        </ul>
      </>
    )}
  </div>
);
