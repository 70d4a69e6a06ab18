import { expect, it } from 'vitest';
import { bodyOf } from '../../src/discord/chat.ts';
import { render } from '../../src/discord/render.ts';
import { hostileIncidents, hostileWords } from '../chat/hostile-alerts.ts';
import { messageFaults } from '../fakes/discord-rules.ts';
import { foreignIn, seenIn } from './discord-reading.ts';

const incidents = await hostileIncidents();

it.each(hostileWords.map((words, i) => [words, incidents[i]] as const))(
  'an alert of %j calls nobody, and leads nowhere but to its source, written out',
  (words, content) => {
    if (content?.kind !== 'incident') throw new Error('no incident');
    const rendered = render.content(content);
    expect(messageFaults(bodyOf(rendered, 1), [])).toEqual([]);
    expect(rendered.calls).toEqual([]);
    const { href } = new URL(content.incident.link ?? '');
    expect(foreignIn(rendered.container)).toEqual([`link <${href}>`]);
    const [first = ''] = words.split(/[\n\u202E]/);
    const seen = seenIn(rendered.container);
    expect(seen).toContain(first);
    expect(seen).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B]/);
  },
);
