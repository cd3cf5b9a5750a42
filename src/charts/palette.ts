/**
 * The figure's colours. They sit on the figure's own light card, so they do not depend on the page around it.
 * Text has at least 4.5:1 against what it lies on, shapes 3:1 (a test computes both).
 * Blue goes on, vermilion ends here: apart for colour-blind eyes too; darker and hatched, so that grey suffices.
 */
export const palette = {
  card: '#FFFFFF',
  cardEdge: '#C5CDDA',
  ink: '#131A2A',
  quiet: '#4A5568',
  rule: '#7C879B',
  hairline: '#DCE2EB',
  panel: '#F7F9FC',
  stretch: '#E9EDF4',
  flag: '#F4F6FA',

  flow: '#4C7DEB',
  arrived: '#1B3A8F',
  band: '#DBE6FC',
  bandEdge: '#6288E0',

  loss: '#B4380A',
  lossPale: '#FFEBDD',
  lossPanel: '#FFF9F5',
  lossEdge: '#C77A55',
  lossInk: '#8F2D06',
} as const;

export type Tone = 'good' | 'bad' | 'neutral';

interface ToneColours {
  ink: string;
  pale: string;
  edge: string;
}

export const tones: Record<Tone, ToneColours> = {
  good: { ink: '#0B5D34', pale: '#E6F6EC', edge: '#1B7F4B' },
  bad: { ink: '#A3121D', pale: '#FDECEC', edge: '#C01F2B' },
  neutral: { ink: '#3F4A5E', pale: '#EFF2F7', edge: '#6B7689' },
};
