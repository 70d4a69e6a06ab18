import { expect, it } from 'vitest';
import { renderMessage } from '../../src/slack/render.ts';
import { hostileIncidents, hostileWords } from '../chat/hostile-alerts.ts';
import { readSlack } from '../fakes/slack-workspace-reading.ts';
import { messageFaults } from './block-rules.ts';
import { wordsOf } from './seen.ts';
import { activeMarkup, callsIn } from './slack-reading.ts';

const incidents = await hostileIncidents();

it.each(hostileWords.map((words, i) => [words, incidents[i]] as const))(
  'an alert of %j calls nobody, and leads nowhere but to its source, under its name',
  (words, content) => {
    if (content?.kind !== 'incident') throw new Error('no incident');
    const message = renderMessage(content);
    expect(messageFaults(message)).toEqual([]);
    expect(activeMarkup(message.text)).toEqual([]);
    const link = `link ${new URL(content.incident.link ?? '').href}`;
    expect(callsIn(message.blocks)).toEqual([link]);
    expect(readSlack({ text: message.text, blocks: message.blocks as never }).live).toEqual([link]);
    // It stands there as it came, to be read; what can't be seen, or turns the line, is made visible.
    const [first = ''] = words.split(/[\n\u202E]/);
    const seen = wordsOf(message.blocks);
    expect(seen).toContain(first);
    expect(seen).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B]/);
    expect(seen).toContain('alertmanager at evil.example');
  },
);
