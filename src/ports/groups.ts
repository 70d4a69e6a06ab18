/**
 * Which groups of a chat platform an identity is in, as last heard: Slack's user groups, Discord's roles. It decides what
 * people may do, so it fails closed: once the snapshot is older than its limit nothing is known of anybody, and whoever
 * asks for something new then is in no group. What is signed already stands meanwhile.
 *
 * Synchronous: the rules are asked within a commit. The adapter keeps the snapshot fresh by itself, as often as its
 * limits say, for the groups that it was made with.
 */
export interface Groups {
  /**
   * @param identity `slack:U024BE7LH`.
   * @returns names as the configuration writes them: `slack-group:S0614TZR7`, `discord-role:<server>/<role>`; empty for
   *   somebody in none of them, null where nothing is known.
   */
  groupsOf(identity: string): readonly string[] | null;
}
