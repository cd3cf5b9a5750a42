/** Discord's limits for a Components V2 message, with room to spare where lengths are summed up. Lengths are UTF-16 units. */
export const LIMITS = {
  /** Of 4,000 for all texts of a message together. */
  message: 3_800,
  /** The container and everything inside it. */
  components: 40,
  /** A title longer than this is bold text, no heading. */
  heading: 160,
  title: 600,
  text: 2_400,
  context: 1_000,
  label: 100,
  value: 700,
  caption: 200,
  cell: 120,
  /** Of a table as aligned text: more wraps. */
  tableWidth: 60,
  tableRows: 50,
  tableColumns: 12,
  customId: 100,
  buttonsInRow: 5,
  button: 80,
  options: 25,
  option: 100,
  placeholder: 150,
  alt: 1_024,
  files: 10,
  modalTitle: 45,
  modalParts: 5,
  fieldLabel: 45,
  fieldHint: 100,
  input: 4_000,
  suggestions: 25,
  suggestion: 100,
  threadName: 100,
} as const;

export const FLAGS = { ephemeral: 1 << 6, loading: 1 << 7, componentsV2: 1 << 15 } as const;

/** How long an interaction's token is good for, with ten seconds to spare for the way. */
export const TOKEN_LIFE = 15 * 60_000 - 10_000;
