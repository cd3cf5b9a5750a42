import { isRecord, type Json, list, record, records, text } from '../json.ts';
import type { Findings } from './findings.ts';

const leaves: Record<string, string> = {
  broadcast: 'type! range! style',
  color: 'type! value! style',
  channel: 'type! channel_id! style',
  date: 'type! timestamp! format! url fallback style',
  emoji: 'type! name! unicode url style skin_tone',
  link: 'type! url! text unsafe style',
  team: 'type! team_id! style',
  text: 'type! text! style',
  user: 'type! user_id! style',
  usergroup: 'type! usergroup_id! style',
};
const parts: Record<string, string> = {
  rich_text_section: 'type! elements!',
  rich_text_quote: 'type! elements! border',
  rich_text_preformatted: 'type! elements! border language',
  rich_text_list: 'type! elements! style! indent border offset',
};

/** A rich_text block; gives its readable length. */
export function checkRichText(found: Findings, block: Json, at: string): number {
  let length = 0;
  const leaf = (element: unknown, where: string) => {
    const keys = leaves[text(record(element).type)];
    if (!isRecord(element) || !keys) return void found.add(`unsupported type: ${text(record(element).type)}`, `${where}/type`);
    found.keys(element, where, keys);
    if (element.type === 'text') found.string(element.text, `${where}/text`, 12_000);
    length += text(element.text).length;
  };
  const part = (element: unknown, where: string) => {
    const type = text(record(element).type);
    const keys = parts[type];
    if (!isRecord(element) || !keys) return void found.add(`unsupported type: ${type}`, `${where}/type`);
    found.keys(element, where, keys);
    found.items(element.elements, `${where}/elements`, 1000).forEach((child, n) => {
      (type === 'rich_text_list' ? part : leaf)(child, `${where}/elements/${n}`);
    });
  };
  found.items(block.elements, `${at}/elements`, 100).forEach((element, n) => {
    part(element, `${at}/elements/${n}`);
  });
  found.size += length;
  return length;
}

/** A cell; gives its length. */
function checkCell(found: Findings, cell: unknown, at: string): number {
  if (!isRecord(cell)) {
    found.add('must provide an object', at);
    return 0;
  }
  if (cell.type === 'rich_text') {
    found.keys(cell, at, 'type! elements! block_id');
    return checkRichText(found, cell, at);
  }
  if (cell.type === 'raw_number') {
    found.keys(cell, at, 'type! value! text!');
    if (typeof cell.value !== 'number' || !Number.isFinite(cell.value)) found.add('must be a number', `${at}/value`);
  } else if (cell.type === 'raw_text') found.keys(cell, at, 'type! text!');
  else found.add(`unsupported type: ${text(cell.type)}`, `${at}/type`);
  found.string(cell.text, `${at}/text`, 10_000);
  found.size += text(cell.text).length;
  return text(cell.text).length;
}

function checkRows(found: Findings, block: Json, at: string, most: number, least: number): unknown[][] {
  let length = 0;
  const rows = found.items(block.rows, `${at}/rows`, most, least).map((row, r) => {
    const cells = found.items(row, `${at}/rows/${r}`, 20);
    cells.forEach((cell, c) => {
      length += checkCell(found, cell, `${at}/rows/${r}/${c}`);
    });
    return cells;
  });
  if (length > 10_000) found.add('must be less than 10001 characters in total', `${at}/rows`);
  found.tables += 1;
  if (found.tables > 1) found.add('only one table allowed', at);
  return rows;
}

export function checkTable(found: Findings, block: Json, at: string): void {
  checkRows(found, block, at, 100, 1);
  for (const [n, one] of found.items(block.column_settings, `${at}/column_settings`, 20, 0).entries()) {
    const where = `${at}/column_settings/${n}`;
    // A null skips a column.
    const column = record(one);
    found.keys(column, where, 'align is_wrapped');
    found.oneOf(column.align, `${where}/align`, ['left', 'center', 'right']);
  }
}

export function checkDataTable(found: Findings, block: Json, at: string): void {
  const rows = checkRows(found, block, at, 101, 2);
  found.string(block.caption, `${at}/caption`, 2000);
  const width = rows[0]?.length ?? 0;
  rows.forEach((row, n) => {
    if (row.length !== width) found.add('all rows must have the same number of columns', `${at}/rows/${n}`);
  });
  records(rows[0]).forEach((cell, n) => {
    if (cell.type === 'rich_text') found.add('header cells must not be rich_text', `${at}/rows/0/${n}`);
  });
  const whole = (key: string, least: number, most: number) => {
    const value = block[key];
    if (value !== undefined && (!Number.isInteger(value) || Number(value) < least || Number(value) > most)) {
      found.add(`must be from ${least} to ${most}`, `${at}/${key}`);
    }
  };
  whole('page_size', 1, 100);
  whole('row_header_column_index', 0, width - 1);
}

export function checkChart(found: Findings, block: Json, at: string): void {
  found.charts += 1;
  if (found.charts > 2) found.add('no more than 2 data_visualization blocks allowed', at);
  found.string(block.title, `${at}/title`, 50);
  const chart = record(block.chart);
  const where = `${at}/chart`;
  if (chart.type === 'pie') {
    found.keys(chart, where, 'type! segments!');
    found.items(chart.segments, `${where}/segments`, 12).forEach((segment, n) => {
      const { label, value } = record(segment);
      found.string(label, `${where}/segments/${n}/label`, 20);
      if (typeof value !== 'number' || !(value > 0)) found.add('must be greater than 0', `${where}/segments/${n}/value`);
    });
    return;
  }
  if (!['line', 'bar', 'area'].includes(text(chart.type)))
    return void found.add(`unsupported type: ${text(chart.type)}`, `${where}/type`);
  found.keys(chart, where, 'type! series! axis_config!');
  const axis = record(chart.axis_config);
  found.keys(axis, `${where}/axis_config`, 'categories! x_label y_label');
  const categories = found.items(axis.categories, `${where}/axis_config/categories`, 20);
  categories.forEach((label, n) => {
    found.string(label, `${where}/axis_config/categories/${n}`, 20);
  });
  found.string(axis.x_label, `${where}/axis_config/x_label`, 50);
  found.string(axis.y_label, `${where}/axis_config/y_label`, 50);
  const names = found.items(chart.series, `${where}/series`, 12).map((series, n) => {
    const { name, data } = record(series);
    found.string(name, `${where}/series/${n}/name`, 20);
    const labels = list(data).map((point) => record(point).label);
    if (JSON.stringify(labels) !== JSON.stringify(categories))
      found.add('must have one value for each category', `${where}/series/${n}/data`);
    records(data).forEach((point, p) => {
      if (typeof point.value !== 'number' || !Number.isFinite(point.value))
        found.add('must be a number', `${where}/series/${n}/data/${p}/value`);
    });
    return name;
  });
  if (new Set(names).size < names.length) found.add('series names must be unique', `${where}/series`);
}
