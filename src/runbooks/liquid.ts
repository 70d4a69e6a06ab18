import { Liquid, type Template } from 'liquidjs';
import { Language } from '../core/language.ts';
import { filtersFor, shown } from './filters.ts';
import { renderMemoryMax, renderMs, templateCharsMax } from './limits.ts';

/** What a reading needs. Everything that reads files or other templates is left out, and what is new in Liquid stays out. */
const allowedTags = new Set(
  'assign break capture case comment continue cycle echo for if unless #'.split(' '),
);
/** Filters that read the clock, draw lots, or evaluate a value as an expression: values come from machines. */
const deniedFilter = /^date|_exp$|^sample$|^raw$/;

const engineFor = (language: Language): Liquid => {
  const engine = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    dynamicPartials: false,
    parseLimit: templateCharsMax,
    renderLimit: renderMs,
    memoryLimit: renderMemoryMax,
    outputEscape: (value: unknown) => shown(value, language) as string,
  });
  for (const tag of Object.keys(engine.tags)) if (!allowedTags.has(tag)) delete engine.tags[tag];
  for (const filter of Object.keys(engine.filters)) {
    if (deniedFilter.test(filter)) delete engine.filters[filter];
  }
  for (const [name, filter] of Object.entries(filtersFor(language))) engine.registerFilter(name, filter);
  return engine;
};

const engines: Record<Language, Liquid> = {
  en: engineFor(Language.en),
  fr: engineFor(Language.fr),
  de: engineFor(Language.de),
  ko: engineFor(Language.ko),
};

/** Values that a template may see. Strings in it are shown and never evaluated. */
export type Scope = Record<string, unknown>;

const conditionTemplate = (condition: string): string => `{% if ${condition} %}true{% endif %}`;

/** What is wrong with a template, in the library's words; null when it parses. */
export const templateProblem = (text: string): string | null => {
  try {
    engines.en.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** The same for a condition, which must be one: text that closes the tag would smuggle in a template. */
export const conditionProblem = (condition: string): string | null =>
  /%\}|\{%/.test(condition)
    ? 'a condition may not hold {% or %}'
    : templateProblem(conditionTemplate(condition));

/**
 * Renders a template in a language, trimmed. The same text and scope give the same words.
 *
 * @throws what Liquid throws: a bound of limits.ts was reached. Callers show the output as it is instead.
 */
export const render = (text: string, scope: Scope, language: Language): string => {
  const engine = engines[language];
  const template: Template[] = engine.parse(text);
  return String(engine.renderSync(template, scope)).trim();
};

/** True when the condition holds for the scope. A comparison with a missing fact is false, as in Liquid. */
export const holds = (condition: string, scope: Scope): boolean =>
  render(conditionTemplate(condition), scope, 'en') === 'true';
