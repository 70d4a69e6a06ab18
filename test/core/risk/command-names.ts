/** Scripts of which the two parsers find other commands, each with the reason why ours may. */
export const differences: Readonly<Record<string, string>> = {
  'echo ${x:$(touch y):1}': 'mvdan-sh does not walk into where a slice begins and how long it is',
  'echo ${x:a[$(touch y)]}': 'mvdan-sh does not walk into where a slice begins and how long it is',
};
