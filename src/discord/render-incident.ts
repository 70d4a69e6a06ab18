import type { APIButtonComponentWithCustomId } from 'discord.js';
import { type IncidentAction, type IncidentCard, IncidentState } from '../core/incident-card.ts';
import { escapedTo, lineTo } from './escape.ts';
import { button, container, part, type Rendered, stamp } from './layout.ts';
import {
  alertsCharsMax,
  alertsShownMax,
  incidentWordsCharsMax,
  linkCharsMax,
  rowButtonsMax,
  targetsShownMax,
} from './limits.ts';
import { bold, coded } from './marked-text.ts';
import { anewWords } from './render-card.ts';
import { linesTo } from './render-script.ts';

/** An incident as a message. All of its texts are those of a monitoring system: data. */
export const renderIncident = (incident: IncidentCard, isAnew: boolean): Rendered => {
  const { actions, choices, number } = incident;
  const isMenu = choices.length >= rowButtonsMax;
  const diagnoses = isMenu
    ? part.menu({ kind: 'diagnose', incident: number, on: null }, 'Look into it on a machine', choices)
    : [];
  const buttons = actions
    .filter((action) => !(isMenu && action.kind === 'diagnose'))
    .flatMap((action) => incidentButton(number, action));
  const rows = [...diagnoses, ...part.rows(buttons)];
  const parts = [
    ...part.text(headOf(incident, isAnew)),
    ...part.text(incident.summary === null ? '' : escapedTo(incident.summary, incidentWordsCharsMax)),
    ...part.text(alertLines(incident)),
    ...part.text(diagnosisOf(incident)),
    ...part.text(
      linesTo(
        incident.notices.map((notice) => `⚠️ ${lineTo(notice.text, incidentWordsCharsMax - 10)}`),
        incidentWordsCharsMax,
      ),
    ),
    ...part.text(smallPrint(incident)),
    ...(rows.length > 0 ? [part.line()] : []),
    ...rows,
  ];
  return { container: container(incident.tone, parts), files: [], calls: [] };
};

const headOf = (incident: IncidentCard, isAnew: boolean): string =>
  [
    `**!${incident.number}** · ${bold(lineTo(incident.headline, 300))}`,
    lineTo(incident.title, 300),
    ...(incident.machines.length > 0
      ? [
          `on ${incident.machines
            .slice(0, targetsShownMax)
            .map((name) => coded(name))
            .join(', ')}`,
        ]
      : []),
    ...(isAnew ? [anewWords] : []),
  ].join('\n');

const alertLines = ({ alerts, more }: IncidentCard): string => {
  const shown = alerts.slice(0, alertsShownMax);
  const left = more + alerts.length - shown.length;
  const lines = [
    ...shown.map((alert) => {
      const labels = Object.entries(alert.labels)
        .slice(0, 4)
        .map(([key, value]) => lineTo(`${key}=${value}`, 60))
        .join(' ');
      return `${alert.isFiring ? '🔴' : '🟢'} ${lineTo(alert.name, 120)} ${stamp(alert.since, 'R')}${labels === '' ? '' : ` · ${labels}`}`;
    }),
    ...(left > 0 ? [`-# and ${left} more`] : []),
  ];
  return linesTo(lines, alertsCharsMax);
};

const diagnosisOf = ({ diagnosis }: IncidentCard): string =>
  diagnosis === null ? '' : `**#${diagnosis.task}** ${escapedTo(diagnosis.words, incidentWordsCharsMax)}`;

const smallPrint = (incident: IncidentCard): string => {
  const words = [
    lineTo(incident.source, 40),
    ...(incident.severity === null ? [] : [lineTo(incident.severity, 40)]),
    `since ${stamp(incident.startedAt, 'R')}`,
    ...(incident.endedAt === null ? [] : [`ended ${stamp(incident.endedAt, 'R')}`]),
    ...(incident.times > 1 ? [`told ${incident.times} times`] : []),
    ...(incident.acknowledgedBy === null ? [] : [`${lineTo(incident.acknowledgedBy, 60)} looks at it`]),
    ...(incident.silencedUntil === null || incident.state !== IncidentState.silenced
      ? []
      : [`silent until ${stamp(incident.silencedUntil, 't')}`]),
    ...linkOf(incident.link),
  ];
  return `-# ${words.join(' · ')}`;
};

/** The source's own page: an address of the web, written out so that nobody takes it for another. */
const linkOf = (link: string | null): string[] => {
  if (link === null || link.length > linkCharsMax || !URL.canParse(link)) return [];
  const url = new URL(link);
  return /^https?:$/.test(url.protocol) ? [`<${url.href.replace(/[<>\s]/g, encodeURIComponent)}>`] : [];
};

const minutesOf = (ms: number): string =>
  ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${Math.round(ms / 60_000)} min`;

const incidentButton = (incident: number, action: IncidentAction): APIButtonComponentWithCustomId[] => {
  switch (action.kind) {
    case 'acknowledge':
      return button({ kind: 'acknowledge', incident }, 'I look at it', 'primary');
    case 'silence':
      return button({ kind: 'silence', incident, forMs: action.forMs }, `Silence ${minutesOf(action.forMs)}`);
    case 'unsilence':
      return button({ kind: 'unsilence', incident }, 'End the silence');
    case 'diagnose':
      return button(
        { kind: 'diagnose', incident, on: action.on },
        action.on === null ? 'Look into it' : `Look into it on ${action.on}`,
      );
  }
};
