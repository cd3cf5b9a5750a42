/** Slack's limits, each with room to spare: what is counted there is counted after escaping, and not always as documented. */
export const LIMITS = {
  blocks: 50,
  homeBlocks: 100,
  /** All texts of a message together: from about 13,000 on Slack refuses it. */
  message: 12_000,
  /** Bytes of the text beside the blocks, escaped: chat.update takes 4,000. */
  fallback: 3_800,
  header: 150,
  section: 2_900,
  context: 1_900,
  field: 1_900,
  fieldsInSection: 10,
  buttonsInRow: 25,
  button: 75,
  accessibilityLabel: 75,
  options: 100,
  option: 75,
  optionValue: 150,
  placeholder: 150,
  alt: 2_000,
  caption: 300,
  columns: 20,
  rows: 100,
  /** Of 10,000 for a whole table. */
  table: 9_000,
  cell: 300,
  viewTitle: 24,
  label: 150,
  hint: 500,
  input: 3_000,
} as const;

/** What the chart block takes. */
export const CHART = { title: 50, categories: 20, label: 20, axisLabel: 50 } as const;
