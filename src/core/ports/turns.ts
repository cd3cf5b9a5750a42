/** What only one process may do at a time, where there may be several. */
export interface Turns {
  /**
   * Waits for this process's turn, and keeps it. Told at first whose it is, and whenever that changes; what began by `won` has
   * to be over a few seconds after `lost`, when another process's turn may begin. Calling what is returned gives the turn back.
   */
  take(name: string, told: { won: () => void; lost: () => void }): () => Promise<void>;
}
