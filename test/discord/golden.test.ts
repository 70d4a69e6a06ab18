import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { bodyOf } from '../../src/discord/chat.ts';
import type { Rendered } from '../../src/discord/layout.ts';
import { render } from '../../src/discord/render.ts';
import { keepModal } from '../../src/discord/render-keep-modal.ts';
import { aboutModal, confirmModal, editModal, rejectModal } from '../../src/discord/render-modal.ts';
import type { ChatContent } from '../../src/ports/chat.ts';
import { contents as inSlack, listings } from '../chat/contents.ts';
import { promisesOfCards } from '../chat/shown-promises.ts';
import { messageFaults, modalFaults } from '../fakes/discord-rules.ts';
import { keepForm } from '../fakes/runbooks.ts';
import { asker, contents } from './contents.ts';
import { buttonsIn, seenIn } from './discord-reading.ts';

const shownOf = (name: string): Rendered => render.content(contents[name] as ChatContent);
const words = (name: string): string => seenIn(shownOf(name).container);
const buttons = (name: string): string[] => buttonsIn(shownOf(name).container);
const cardNamed = (name: string): Card => (contents[name] as Extract<ChatContent, { kind: 'card' }>).card;

const faultsOf = (rendered: Rendered): string[] =>
  messageFaults(
    bodyOf(rendered, 1),
    rendered.files.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
  );
/** The message, and of its files what tells that they are the same. */
const kept = (rendered: Rendered): string =>
  `${JSON.stringify({ ...rendered, files: rendered.files.map(({ name, bytes }) => ({ name, bytes: bytes.length })) }, null, 2)}\n`;
const golden = (name: string): string => `golden/${name}.txt`;

describe('what is posted in Discord', () => {
  it.each(Object.keys(contents))('is what it was: %s', async (name) => {
    const rendered = shownOf(name);
    expect(faultsOf(rendered)).toEqual([]);
    await expect(kept(rendered)).toMatchFileSnapshot(golden(name));
  });

  it.each(Object.keys(listings))('lists as it did: %s', async (name) => {
    const rendered = render.listing(listings[name] as (typeof listings)[string]);
    expect(faultsOf(rendered)).toEqual([]);
    await expect(kept(rendered)).toMatchFileSnapshot(golden(name));
  });

  it('opens the forms that it did', async () => {
    const meaning = { kind: 'approve' as const, task: 1042, proposal: 1, digest: 'a'.repeat(64) };
    const forms = [
      rejectModal(1042),
      confirmModal({ ...meaning, canary: false, isTyped: true }, '1042', 'It deletes files.'),
      editModal(cardNamed('proposed-mixed'), 1),
      aboutModal('700000000000000009', 'db1 is slow again'),
      keepModal(1042, keepForm),
    ];
    for (const form of forms) expect(modalFaults(form)).toEqual([]);
    await expect(`${JSON.stringify(forms, null, 2)}\n`).toMatchFileSnapshot(golden('modals'));
  });
});

promisesOfCards({ words, buttons, card: cardNamed, opens: '…' });

describe('a card in Discord that waits', () => {
  it('says machine, what will happen and its risk before the script', () => {
    const seen = words('proposed-dangerous');
    const places = ['db1', 'Makes room on /var', 'Dangerous', 'rm -rf'].map((part) => seen.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('says why each line that does more than read is what it is, and whose yes it takes', () => {
    const seen = words('proposed-dangerous');
    expect(seen).toContain('line 3');
    expect(seen).toContain("can't be undone");
    expect(seen).toContain('1 of 2 approvals');
  });

  it('has the script of each platform, under its own name', () => {
    expect(words('proposed-mixed')).toMatch(
      /bash · linux · 1 line[\s\S]+df -h \/[\s\S]+powershell · windows/,
    );
  });

  it('brings a script that is too long for a message as a file, whole', () => {
    const [file] = shownOf('proposed-long').files;
    expect(file?.bytes.toString()).toBe(cardNamed('proposed-long').scripts[0]?.text);
    expect(words('proposed-long')).toContain('the whole script is in the file');
  });
});

describe('a card in Discord that was decided', () => {
  it('says when, and how far it has come', () => {
    expect(JSON.stringify(shownOf('running').container)).toContain('<t:1767225720:R>');
    expect(words('running-fleet')).toContain('120 of 300 ended, 2 with a problem');
  });
});

describe('what else is shown in Discord', () => {
  it('calls who asked once it took long, and nobody otherwise', () => {
    expect(shownOf('answer').calls).toEqual([asker.id]);
    expect(shownOf('words').calls).toEqual([asker.id]);
    expect(shownOf('answer-many').calls).toEqual([]);
    const fromSlack = inSlack.answer as Extract<ChatContent, { kind: 'answer' }>;
    expect(render.content({ ...fromSlack, callsAsker: true }).calls).toEqual([]);
  });

  it('has a machine with a problem first', () => {
    const seen = words('answer-many');
    expect(seen.indexOf('🔴 web3')).toBeLessThan(seen.indexOf('🟢 web1'));
  });
});
