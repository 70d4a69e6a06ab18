import type { KnownBlock, RichTextBlockElement, RichTextElement } from '@slack/types';
import { spanWords } from '../core/figure-words.ts';
import type { IncidentAction, IncidentCard, IncidentState } from '../core/incident-card.ts';
import type { Detail } from './detail.ts';
import { shown } from './escape.ts';
import { firstThatFits } from './fit.ts';
import { incidentAlertsMax, nameCharsMax, urlCharsMax } from './limits.ts';
import { actions, button, menu } from './render-buttons.ts';
import { type SmallPart, smallPrint } from './render-small-print.ts';
import { dotted, rich, say } from './rich-text.ts';

const looks: Readonly<Record<IncidentState, string>> = {
  firing: 'fire',
  acknowledged: 'eyes',
  silenced: 'no_bell',
  flapping: 'twisted_rightwards_arrows',
  resolved: 'white_check_mark',
};

/** An incident's message: what is wrong with what, since when, what was found, and what can be done. */
export const incidentBlocks = (incident: IncidentCard, isAnew: boolean): KnownBlock[] =>
  firstThatFits((detail) => {
    const id = (name: string): string => `nerdy.${name}.i${incident.number}.${incident.revision}`;
    return [
      ...rich.block(
        id('incident'),
        headElements(incident, isAnew, detail),
        diagnosisElements(incident, detail),
        rich.lines(
          ...incident.notices
            .slice(0, detail.notices)
            .map((notice) => [
              ...say.emoji('information_source'),
              ...say.text(` ${shown(notice.text, detail.sentenceChars)}`),
            ]),
        ),
      ),
      ...smallPrint(id('small'), smallParts(incident)),
      ...incidentButtons(incident, id('actions')),
    ];
  });

const headElements = (incident: IncidentCard, isAnew: boolean, detail: Detail): RichTextBlockElement[] => [
  ...rich.lines(isAnew ? say.italic('The earlier message was deleted; this one stands in for it.') : [], [
    ...say.emoji(looks[incident.state]),
    ...say.bold(` !${incident.number} ${shown(incident.headline, detail.headlineChars)}`),
  ]),
  ...rich.quote(say.text(shown(incident.summary ?? '', detail.requestChars))),
  ...rich.lines(
    machinesLine(incident, detail),
    dotted(
      say.text(shown(incident.severity ?? '', 60)),
      say.text(incident.firing > 0 ? `${incident.firing} firing` : ''),
      say.text(incident.resolved > 0 ? `${incident.resolved} resolved` : ''),
      say.text(incident.times > 1 ? `told ${incident.times} times` : ''),
      linkTo(incident),
    ),
  ),
  ...alertElements(incident, detail),
];

const machinesLine = ({ machines }: IncidentCard, detail: Detail): RichTextElement[] => {
  const told = machines.slice(0, detail.targets).map((name) => shown(name, nameCharsMax));
  const more = machines.length - told.length;
  return machines.length === 0
    ? []
    : [...say.bold(told.join(', ')), ...say.text(more > 0 ? ` and ${more} more` : '')];
};

/** The one link that we make: the source's own page, under its site's name, so that nobody is led elsewhere unawares. */
const linkTo = ({ link, source }: IncidentCard): RichTextElement[] => {
  if (link === null || link.length > urlCharsMax || !URL.canParse(link)) return [];
  const url = new URL(link);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return [];
  return [{ type: 'link', url: url.href, text: shown(`${source} at ${url.host}`, 120) }];
};

const alertElements = (incident: IncidentCard, detail: Detail): RichTextBlockElement[] => {
  if (incident.alerts.length < 2 && incident.more === 0) return [];
  const told = incident.alerts.slice(0, Math.min(detail.hosts, incidentAlertsMax));
  const more = incident.alerts.length - told.length + incident.more;
  return rich.list(
    ...told.map((alert) => [
      ...say.emoji(alert.isFiring ? 'fire' : 'white_check_mark'),
      ...say.bold(` ${shown(alert.name, detail.summaryChars / 4)}`),
      ...say.text(
        shown(
          ` ${Object.entries(alert.labels)
            .map(([key, value]) => `${key}=${value}`)
            .join(' ')}`,
          detail.labelsChars,
        ),
      ),
      ...say.text(' · since '),
      ...say.date(alert.since),
    ]),
    more > 0 ? say.italic(`${more} more`) : [],
  );
};

const diagnosisElements = ({ diagnosis }: IncidentCard, detail: Detail): RichTextBlockElement[] => {
  if (!diagnosis) return [];
  const hosts = [...(diagnosis.answer?.hosts ?? [])].sort((a, b) => Number(a.ok) - Number(b.ok));
  return [
    ...rich.lines([
      ...say.emoji('stethoscope'),
      ...say.bold(` #${diagnosis.task} `),
      ...say.text(shown(diagnosis.answer?.words ?? diagnosis.words, detail.wordsChars / 4)),
    ]),
    ...hosts.slice(0, 2).flatMap((host) =>
      rich.code(
        host.evidence
          .slice(0, Math.ceil(detail.evidence / 2))
          .map((line) => shown(line, detail.evidenceChars))
          .join('\n'),
      ),
    ),
  ];
};

const smallParts = (incident: IncidentCard): SmallPart[] => [
  linkTo(incident).length > 0 ? null : shown(incident.source, 60),
  incident.acknowledgedBy === null ? null : shown(`${incident.acknowledgedBy} looks at it`, 120),
  { before: 'since', at: incident.startedAt },
  incident.endedAt === null ? null : { before: 'until', at: incident.endedAt },
  incident.silencedUntil === null ? null : { before: 'silenced until', at: incident.silencedUntil },
];

const incidentButtons = (incident: IncidentCard, id: string): KnownBlock[] => {
  // Which machine is one choice, in a menu; the card offers a look at each.
  const isMenu = incident.choices.length > 0;
  const elements = incident.actions
    .filter((action) => action.kind !== 'diagnose' || !isMenu)
    .flatMap((action, at) => button(faceOf(incident.number, action), at));
  const choice =
    isMenu && incident.actions.some((action) => action.kind === 'diagnose')
      ? menu({
          placeholder: 'Look into it on …',
          action: { kind: 'diagnose', incident: incident.number, on: null },
          options: incident.choices,
        })
      : [];
  return actions(id, [...elements, ...choice]);
};

const faceOf = (incident: number, action: IncidentAction) => {
  switch (action.kind) {
    case 'acknowledge':
      return {
        label: 'I look at it',
        action: { kind: 'acknowledge' as const, incident },
        style: 'primary' as const,
      };
    case 'silence':
      return {
        label: `Silence for ${spanWords(action.forMs)}`,
        action: { kind: 'silence' as const, incident, forMs: action.forMs },
      };
    case 'unsilence':
      return { label: 'End the silence', action: { kind: 'unsilence' as const, incident } };
    case 'diagnose':
      return {
        label: action.on === null ? 'Look into it' : `Look into it on ${action.on}`,
        action: { kind: 'diagnose' as const, incident, on: action.on },
      };
  }
};
