import { describe, expect, it } from 'vitest';
import type { ChatContent } from '../../src/ports/chat.ts';
import { renderMessage } from '../../src/slack/render.ts';
import { renderHome } from '../../src/slack/render-home.ts';
import { renderListing } from '../../src/slack/render-listing.ts';
import { cards, cardWith, machinesNamed, proposalWith } from '../chat/cards.ts';
import { contents, home, incidentWith, listings } from '../chat/contents.ts';
import { promisesOfCards } from '../chat/shown-promises.ts';
import { messageFaults, viewFaults } from './block-rules.ts';
import { buttonsOf, wordsOf } from './seen.ts';

const golden = (name: string): string => `golden/${name}.txt`;
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const cardNamed = (name: string) => {
  const card = cards[name];
  if (!card) throw new Error(`no card is named ${name}`);
  return card;
};
const shownOf = (name: string) => renderMessage(contents[name] as ChatContent);
const words = (name: string): string => wordsOf(shownOf(name).blocks);
const buttons = (name: string): string[] => buttonsOf(shownOf(name).blocks);

describe('what is posted', () => {
  it.each(Object.keys(contents))('is what it was: %s', async (name) => {
    const message = shownOf(name);
    expect(messageFaults(message)).toEqual([]);
    await expect(json(message)).toMatchFileSnapshot(golden(name));
  });

  it.each(Object.keys(listings))('lists as it did: %s', async (name) => {
    const message = renderListing(listings[name] as (typeof listings)[string]);
    expect(messageFaults(message)).toEqual([]);
    await expect(json(message)).toMatchFileSnapshot(golden(name));
  });

  it('shows the Home tab as it did', async () => {
    const view = renderHome(home);
    expect(viewFaults(view)).toEqual([]);
    await expect(json(view)).toMatchFileSnapshot(golden('home'));
  });
});

promisesOfCards({ words, buttons, card: cardNamed, opens: '' });

describe('a card that waits', () => {
  it('says machine, risk and what will happen before the script', () => {
    const seen = words('proposed-dangerous');
    const places = ['db1 linux', 'Dangerous', "can't be undone", 'Makes room on /var', 'rm -rf'].map((part) =>
      seen.indexOf(part),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('marks each line that does more than read, and says why beneath', () => {
    const seen = words('proposed-dangerous');
    expect(seen).toContain('!3│ rm -rf /srv/releases/old');
    expect(seen).toContain('~4│ systemctl restart app');
    expect(seen).toContain('line 3: Dangerous');
  });

  it('says whose yes it takes, who said theirs, and what must be typed', () => {
    const seen = words('proposed-dangerous');
    expect(seen).toContain('1 of 2 approvals');
    expect(seen).toContain('cleo said yes; bob, eve or 2 more can say yes');
    expect(seen).toContain("type the task's number, 1042");
  });

  it('counts a fleet, names a few, and says what they have in common', () => {
    const seen = words('proposed-fleet');
    expect(seen).toContain('300 machines, all online: web1, web2');
    expect(seen).toContain('and 292 more');
    expect(seen).toContain('role=web env=prod');
  });

  it('has the script of each platform, under its own name', () => {
    const seen = words('proposed-mixed');
    expect(seen).toMatch(/bash for linux · 1 line · sha256:\w+\s+df -h \/\s+powershell for windows/);
  });
});

describe('a script that is too long for a message', () => {
  it('has no yes on its card, but the way to the whole text', () => {
    expect(buttons('proposed-long')).toEqual(['Read all 900 lines', 'Reject', 'Edit']);
    expect(words('proposed-long')).toContain('and 888 more lines');
  });

  it('leaves the yes to other surfaces where no modal has room either', () => {
    const text = `: '${'\u0001'.repeat(40_000)}'`;
    const card = cardWith({
      task: { state: 'proposed' },
      machines: machinesNamed(['db1']),
      proposal: proposalWith({ bash: text }),
      terms: {},
    });
    const message = renderMessage({ kind: 'card', card, isAnew: false });
    expect(messageFaults(message)).toEqual([]);
    expect(buttonsOf(message.blocks)).toEqual(['Reject']);
    expect(wordsOf(message.blocks)).toContain('npx nerdy approve 1042');
  });
});

describe('a card that was decided', () => {
  it('says when', () => {
    expect(JSON.stringify(shownOf('running').blocks)).toContain('<!date^1767225720^');
  });

  it('shows how far it has come, the interesting machines first and the rest counted', () => {
    const seen = words('running-fleet');
    expect(seen).toContain('🟩🟩🟩🟥🟦⬜⬜⬜⬜⬜ 120 of 300 ended · 2 with a problem · 20 running');
    expect(seen.indexOf('web1 · failed, exit code 2')).toBeLessThan(seen.indexOf('web121 · running'));
    expect(seen).toContain('and 292 more: 160 waiting for the machine, 118 done, 14 running');
  });

  it('begins with a sign of its own in each state', () => {
    const signs = Object.values(cards).map((card) => {
      const first = JSON.stringify(renderMessage({ kind: 'card', card, isAnew: false }).blocks);
      return `${/"type":"emoji","name":"(\w+)"/.exec(first)?.[1]} ${card.state} ${card.tone}`;
    });
    const bySign = new Map(signs.map((line) => [line.split(' ')[0], line]));
    expect(bySign.size).toBe(new Set(signs).size);
  });

  it('offers what would work where there was no script', () => {
    expect(buttons('failed')).toEqual(['CPU']);
  });
});

describe('an answer', () => {
  it('calls who asked once it took long, and nobody otherwise', () => {
    const calls = (name: string): number =>
      (JSON.stringify(shownOf(name)).match(/"type":"user"/g) ?? []).length;
    expect(calls('answer')).toBe(1);
    expect(calls('words')).toBe(1);
    expect(calls('answer-many')).toBe(0);
  });

  it('has the machines to look at first, each in a line of one table', () => {
    const seen = words('answer-many');
    expect(seen.indexOf('⚠ web3')).toBeLessThan(seen.indexOf('web1'));
  });
});

describe('an incident', () => {
  it('links to the source under the name of its site, and to nothing else', () => {
    const link = 'https://evil.example/|<!channel>';
    const message = renderMessage({ kind: 'incident', incident: incidentWith({ link }), isAnew: false });
    expect(wordsOf(message.blocks)).toContain('alertmanager at evil.example');
    for (const bad of ['javascript:alert(1)', 'nonsense', `https://x/${'a'.repeat(4_000)}`]) {
      const none = renderMessage({ kind: 'incident', incident: incidentWith({ link: bad }), isAnew: false });
      expect(messageFaults(none)).toEqual([]);
      expect(JSON.stringify(none.blocks)).not.toContain('"type":"link"');
    }
  });

  it('asks for the machine where the alert names none', () => {
    expect(buttons('incident-which')).toEqual([
      'I look at it',
      'Silence for 1 h',
      'Silence for 8 h',
      'Look into it on …',
    ]);
  });
});
