import type { Instant } from '../core/task.ts';
import { type Post, PostPart, type Store } from '../ports/store.ts';

/** The words of answers that are being written, and how much of them each message shows. */
export class StreamedWords {
  readonly #store: Store;
  readonly #words = new Map<number, string>();
  /** Characters, by the post. */
  readonly #shown = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
  }

  tell(task: number, text: string): void {
    this.#words.set(task, text);
  }

  of(task: number): string | null {
    return this.#words.get(task) ?? null;
  }

  /** The answers' posts that could show more than they do. */
  async posts(now: Instant): Promise<Post[]> {
    const found: Post[] = [];
    for (const [task, text] of this.#words) {
      const posts = await this.#store.listPosts({ kind: 'task', number: task });
      const answers = posts.filter((post) => post.part === PostPart.answer);
      // Asked where nothing is posted, or all of it is given up.
      if ((answers.length > 0 ? answers : posts).every((post) => post.gone !== null))
        this.#words.delete(task);
      const isMore = ({ id }: Post): boolean => text.length > (this.#shown.get(id) ?? 0);
      found.push(...answers.filter((post) => post.gone === null && post.retryAt <= now && isMore(post)));
    }
    return found;
  }

  /** The post has had its turn with these words; after the answer itself nothing more is said of the task. */
  note({ id, subject }: Post, words: string | null, isAnswered: boolean): void {
    if (isAnswered) {
      this.#words.delete(subject.number);
      this.#shown.delete(id);
    } else if (words !== null) this.#shown.set(id, words.length);
  }
}
