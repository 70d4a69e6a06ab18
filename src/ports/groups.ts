/**
 * Which groups of a chat platform an identity is in, as last heard: Slack's user groups, Discord's roles. It decides what
 * people may do, so it fails closed: whoever is unknown, and everybody once the snapshot is older than its limit, is in none.
 *
 * Synchronous: the rules are asked within a commit. The adapter keeps the snapshot fresh by itself.
 */
export interface Groups {
  /**
   * @param identity `slack:U024BE7LH`.
   * @returns names as the configuration writes them: `slack-group:S0614TZR7`, `discord-role:<guild>/<role>`.
   */
  groupsOf(identity: string): readonly string[];
}
