import type { KnownBlock, RawTextElement } from '@slack/types';
import type { HostReading } from '../core/answer.ts';
import type { Detail } from './detail.ts';
import { shown } from './escape.ts';
import { cellCharsMax, tableColumnsMax, tableRowsMax } from './limits.ts';

const cell = (text: string): RawTextElement => {
  const words = shown(text, cellCharsMax);
  return { type: 'raw_text', text: words.trim() === '' ? '–' : words };
};

/**
 * The figures as a table: of one machine a line for each, of several that tell the same things a column for each, so
 * that the odd one stands out. A message has room for one table.
 */
export const factsBlock = (id: string, hosts: readonly HostReading[], detail: Detail): KnownBlock[] => {
  const withFacts = hosts.filter((host) => host.facts.length > 0);
  const [first] = withFacts;
  if (!first) return [];
  const rows = hosts.length === 1 ? ofOne(first, detail) : ofMany(withFacts, detail);
  return [{ type: 'table', block_id: id, rows, column_settings: [{ is_wrapped: true }] }];
};

const ofOne = ({ agentName, facts }: HostReading, detail: Detail): RawTextElement[][] =>
  // Slack sets a table's first row apart.
  [
    [cell('Machine'), cell(agentName)],
    ...facts
      .slice(0, Math.min(detail.facts, tableRowsMax - 1))
      .map(({ label, value }) => [cell(label), cell(value)]),
  ];

const ofMany = (hosts: readonly HostReading[], detail: Detail): RawTextElement[][] => {
  const labels = [...new Set(hosts.flatMap((host) => host.facts.map(({ label }) => label)))];
  const columns = labels.slice(0, Math.min(tableColumnsMax - 1, detail.columns));
  return [
    [cell('Machine'), ...columns.map(cell)],
    ...hosts
      .slice(0, Math.min(detail.facts, tableRowsMax - 1))
      .map((host) => [
        cell(host.ok ? host.agentName : `⚠ ${host.agentName}`),
        ...columns.map((label) => cell(host.facts.find((fact) => fact.label === label)?.value ?? '–')),
      ]),
  ];
};
