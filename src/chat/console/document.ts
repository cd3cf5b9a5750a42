import { assetUrl, sheets } from './assets.ts';
import { type Html, html } from './html.ts';

/** The frame of every page. */
export const renderDocument = (title: string, body: Html, head?: Html): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Pipewarden</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml">
${sheets.map((name) => html`<link rel="stylesheet" href="${assetUrl(name)}">\n`)}${head}</head>
${body}
</html>
`;
