/// The page's style: system fonts, one column of text, charts in a grid, light and dark, screen and paper.
enum StyleSheet {
  static let text = """

    :root {
      color-scheme: light dark;
      --paper: #fdfdfb; --wash: #f4f5f3; --ink: #1b2126; --muted: #59636b; --rule: #e0e4e6; --faint: #8b959d;
      --accent: #0a5c96; --alarm: #9a3412; --cell: 10, 92, 150;
      \(SeriesPalette.properties(\.light))
      --sans: -apple-system, "Segoe UI", Inter, Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans",
        system-ui, sans-serif;
      --serif: "Iowan Old Style", Charter, "Bitstream Charter", "Palatino Linotype", "Source Serif 4",
        Cambria, Georgia, "Liberation Serif", serif;
      --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
    }
    @media screen and (prefers-color-scheme: dark) {
      :root {
        --paper: #13171b; --wash: #1b2026; --ink: #e5e8ea; --muted: #a0aab3; --rule: #2c343b;
        --faint: #717c86; --accent: #74b9ec; --alarm: #f4a27a; --cell: 98, 176, 234;
        \(SeriesPalette.properties(\.dark))
      }
    }
    * { box-sizing: border-box; }
    html { font-size: 100%; scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
    body {
      margin: 0; padding: 0 clamp(1.15rem, 5vw, 3rem) 5rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.6 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: break-word;
    }
    body > * { max-width: 70rem; margin-inline: auto; }
    h1, h2, h3 { line-height: 1.2; text-wrap: balance; font-weight: 600; }
    h1 {
      margin: .35rem 0 .5rem; font-size: clamp(1.05rem, .95rem + .5vw, 1.25rem); letter-spacing: -.005em;
    }
    h2 {
      margin: 0 0 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--rule);
      font: 500 clamp(1.5rem, 1.3rem + .8vw, 1.9rem)/1.2 var(--serif); letter-spacing: -.01em;
    }
    h3 { margin: 2.5rem 0 .4rem; font-size: 1.05rem; }
    p, ul, dl { margin: 0 0 1rem; }
    p, li, dd { max-width: 68ch; }
    a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
    section { margin-top: 4.5rem; }
    small, .muted { color: var(--muted); }
    .hidden {
      position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap;
    }
    .skip { position: absolute; left: -99rem; top: .5rem; background: var(--paper); padding: .5rem .75rem; }
    .skip:focus { left: 1rem; z-index: 2; }

    header { padding-top: clamp(1.75rem, 5vw, 3.5rem); }
    .kicker {
      margin: 0; color: var(--accent); font-size: .78rem; font-weight: 600; letter-spacing: .09em;
      text-transform: uppercase;
    }
    .byline { margin: 0; color: var(--muted); font-size: .9rem; }
    nav ul {
      display: flex; flex-wrap: wrap; gap: .25rem 1.4rem; margin: 1.1rem auto 0; padding: 0; list-style: none;
      font-size: .9rem;
    }
    nav a { color: var(--muted); text-decoration: none; display: inline-block; padding: .2rem 0; }
    nav a:hover { color: var(--ink); text-decoration: underline; }

    #answer { margin-top: clamp(2rem, 5vw, 3.5rem); }
    .answer { display: grid; grid-template-columns: minmax(0, 7fr) minmax(0, 5fr); gap: 2rem 4.5rem; }
    .lede {
      margin: 0 0 1.6rem; max-width: 34em; font: 400 clamp(1.4rem, 1.1rem + 1.5vw, 2.05rem)/1.32 var(--serif);
      letter-spacing: -.012em; text-wrap: pretty;
    }
    .lede .reason { color: var(--muted); }
    .answer h3 { margin: 0 0 .25rem; font-size: .95rem; }
    .answer .sure, .answer .caveats { font-size: .95rem; }
    .caveats { padding-left: 1.1rem; color: var(--muted); }
    .caveats li { margin-bottom: .3rem; }
    .warning { border-left: 3px solid var(--alarm); padding-left: .9rem; color: var(--alarm); }
    .bars { margin: .4rem 0 0; }
    .bars figcaption { margin-bottom: 1.1rem; font-size: .9rem; color: var(--muted); }
    .bars figcaption strong { display: block; color: var(--ink); font-size: .95rem; }
    .bars ul { list-style: none; margin: 0; padding: 0; }
    .bars li { margin-bottom: 1.05rem; max-width: none; }
    .bars .name { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
    .bars .name b { font-weight: 500; min-width: 0; overflow-wrap: anywhere; }
    .bars .value { font-weight: 600; font-size: 1.1rem; white-space: nowrap; }
    .bars .track {
      position: relative; height: .6rem; margin-top: .3rem; background: var(--wash); border-radius: 2px;
    }
    .bars .fill { height: 100%; width: calc(var(--to) * 100%); background: var(--c); border-radius: 2px; }
    .bars .whisker {
      position: absolute; top: -.2rem; bottom: -.2rem; left: calc(var(--from) * 100%);
      width: calc((var(--to) - var(--from)) * 100%); border: solid var(--ink); border-width: 0 1.5px;
    }
    .bars .whisker::before {
      content: ""; position: absolute; left: 0; right: 0; top: calc(50% - .75px);
      border-top: 1.5px solid var(--ink);
    }
    .evidence { margin: 0 0 1.6rem; max-width: 34rem; font-size: .9rem; }
    .evidence figcaption { margin-bottom: .6rem; color: var(--muted); }
    .evidence figcaption strong { display: block; color: var(--ink); font-size: .95rem; }
    .evidence .stack { display: flex; gap: 2px; height: .8rem; border-radius: 2px; overflow: hidden; }
    .evidence .stack span { flex: var(--share) 1 0; background: var(--c, var(--faint)); }
    .evidence ul { list-style: none; margin: .5rem 0 0; padding: 0; }
    .evidence li { display: flex; gap: .6rem; align-items: baseline; max-width: none; }
    .evidence li::before {
      content: ""; flex: none; width: .7rem; height: .7rem; border-radius: 2px;
      background: var(--c, var(--faint));
    }
    .evidence li span { flex: 1; min-width: 0; overflow-wrap: anywhere; }
    .tag {
      display: inline-block; margin-left: .45rem; padding: 0 .45em; border: 1px solid currentColor;
      border-radius: 1em;
      color: var(--accent); font-size: .72rem; font-weight: 500; line-height: 1.5; vertical-align: .12em;
    }

    table { border-collapse: collapse; font-size: .92rem; line-height: 1.4; }
    caption { text-align: left; padding-bottom: .6rem; color: var(--muted); caption-side: top; }
    th, td {
      padding: .5rem .9rem; text-align: right; vertical-align: baseline;
      border-bottom: 1px solid var(--rule);
    }
    th { font-weight: 500; }
    th:first-child, td:first-child { padding-left: 0; }
    th:last-child, td:last-child { padding-right: 0; }
    th[scope=row], thead th:first-child, .words td, .words th { text-align: left; }
    thead th { color: var(--muted); font-size: .85rem; vertical-align: bottom; }
    tbody th { font-weight: 400; }
    .group th {
      padding-top: 1.6rem; color: var(--muted); font-size: .85rem; font-weight: 500; text-align: left;
    }
    td b { font-weight: 700; }
    td small { display: block; font-size: .8rem; white-space: nowrap; }
    .glance { width: 100%; min-width: calc(7rem + var(--columns) * 5rem); table-layout: fixed; }
    .glance th, .glance td { text-align: left; padding-right: 1.25rem; }
    .glance thead td { width: 21%; }
    .glance thead th { color: var(--ink); font-size: .95rem; font-weight: 600; vertical-align: top; }
    .glance thead small { display: block; font-weight: 400; font-size: .8rem; line-height: 1.35; }
    .glance th[scope=row] small { display: block; }
    .best { white-space: nowrap; }
    .best b::after { content: " ◂"; color: var(--accent); font-size: .8em; }
    .glance.many { font-size: .82rem; min-width: calc(7.5rem + var(--columns) * 5.65rem); }
    .glance.many thead td { width: 7.5rem; }
    .glance.many thead th { font-size: .74rem; letter-spacing: -.01em; padding-right: .2rem; }
    .glance.many th, .glance.many td { padding-right: .45rem; }
    .glance.many .tag { font-size: .66rem; }
    .glance.many thead small { display: none; }
    .glance.many td small { white-space: normal; font-size: .7rem; letter-spacing: -.01em; }
    .glance .tag { margin-left: 0; display: block; width: fit-content; padding: 0 .4em; white-space: nowrap; }
    .scroll { overflow-x: auto; position: relative; }
    .scroll tr > :first-child { position: sticky; left: 0; background: var(--paper); z-index: 1; }
    .scroll .group > :first-child { position: static; }
    .group th > span { position: sticky; left: 0; display: inline-block; }
    .tables { display: flex; flex-wrap: wrap; gap: 1.5rem 2.75rem; align-items: flex-start; }
    .tables > .scroll { max-width: 100%; }
    .tables caption { padding-bottom: .2rem; color: var(--ink); font-weight: 500; }

    .charts {
      display: grid; gap: 2rem 2.25rem; margin: 1.1rem 0 .75rem; padding: 0;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 19.5rem), 1fr));
    }
    .charts figure { margin: 0; max-width: 32rem; }
    .charts figcaption { font-size: .85rem; color: var(--muted); margin-top: .15rem; }
    .glance .swatch { margin-bottom: .35rem; }
    svg { display: block; max-width: 100%; height: auto; overflow: visible; font-family: var(--sans); }
    .chart { width: 100%; }
    \(SeriesPalette.classes)
    .chart-title, .label { fill: var(--ink); } .axis { fill: var(--muted); }
    .place { stroke: var(--ink); } .place-range { fill: var(--ink); }
    .grid { stroke: var(--rule); } .tick, .baseline, .outline { stroke: var(--faint); }
    .series .line, .series .ring { stroke: var(--c); } .series .mark, .series .band { fill: var(--c); }
    .series .open { fill: var(--paper); stroke: var(--c); stroke-width: 1.4; }
    .legend-list {
      display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; margin: .6rem 0 0; padding: 0; list-style: none;
      font-size: .9rem;
    }
    .legend-list li { display: flex; align-items: center; gap: .5rem; }
    .legend-list svg { flex: none; }

    details { margin: .75rem 0; }
    summary { cursor: pointer; color: var(--muted); font-size: .9rem; width: fit-content; padding: .2rem 0; }
    summary:hover { color: var(--ink); }
    details > :not(summary) { margin-top: .75rem; }
    .dense th, .dense td { padding-block: .22rem; font-size: .85rem; }
    .words th, .words td { padding-block: .3rem; }
    .scores th[scope=row] { min-width: 6.5rem; }
    .dense .group th { padding-top: 1rem; color: var(--ink); }
    .differences { min-width: 40rem; }
    .differences td { white-space: nowrap; }
    .differences td.words, .differences thead th:nth-child(2) { text-align: left; }
    .differences .minus { white-space: nowrap; }
    .aspects { width: 100%; min-width: 34rem; table-layout: fixed; }
    .aspects th, .aspects td { vertical-align: top; }
    .aspects thead th:first-child { width: 11rem; }
    .aspects.many { min-width: 0; display: block; }
    .aspects.many tbody { display: block; }
    .aspects.many thead { display: none; }
    .aspects.many tr {
      display: grid; gap: .6rem 2rem; padding: .9rem 0; border-bottom: 1px solid var(--rule);
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr));
    }
    .aspects.many tr > :first-child { grid-column: 1 / -1; }
    .aspects.many th, .aspects.many td { display: block; border: 0; padding: 0; }
    .aspects td::before { font-size: .85rem; font-weight: 600; }
    .aspects.many td::before { content: attr(data-of); display: block; }
    .charts .graph-figure { grid-row: span 2; }
    .graph { width: auto; max-width: 100%; }
    .graph rect { fill: var(--wash); stroke: var(--faint); }
    .graph .vector rect { stroke-dasharray: 5 3; }
    .graph .edge { stroke: var(--muted); stroke-width: 1.2; }
    .graph text { fill: var(--ink); font-size: 11px; }
    .graph .node-text { fill: var(--muted); font-size: 9.5px; }
    .moving { margin: 0 0 2.5rem; max-width: 64rem; }
    .moving .source { position: absolute; }
    .windows {
      display: grid; gap: 1rem .6rem; margin-top: .6rem; font-size: .85rem; line-height: 1.3;
      grid-template-columns: repeat(auto-fill, minmax(min(46%, 9.5rem), 1fr));
    }
    .window { display: flex; flex-direction: column; justify-content: flex-end; gap: .25rem; }
    .window svg {
      width: 100%; overflow: hidden; image-rendering: pixelated; outline: 1px solid var(--rule);
      outline-offset: -1px;
    }
    .window .still { display: none; }

    .next ol { padding-left: 1.2rem; margin-bottom: 1.4rem; font-size: .95rem; }
    .next li { max-width: none; margin-bottom: .7rem; }
    .next li p { margin: 0 0 .3rem; }
    .next pre { margin: 0; padding: .55rem .8rem; font-size: .82rem; }
    pre code { user-select: all; -webkit-user-select: all; }
    pre .word { white-space: nowrap; }

    .panel { margin: 0 0 3.5rem; }
    .panel h3 { margin-top: 1.5rem; }
    .panel { --label: 7rem; --picture: 5.5rem; }
    .panel table {
      table-layout: fixed; margin-top: 1rem; min-width: calc(var(--label) + var(--shown) * var(--picture));
      width: calc(var(--label) + (100% - var(--label)) * var(--shown) / var(--columns));
    }
    .panel caption { padding: 0 0 .2rem; font-size: .85rem; }
    .panel.long { --picture: 4.2rem; }
    .panel.long table { width: calc(var(--label) + var(--shown) * 6.2rem); max-width: none; }
    .panel tbody .times th {
      padding: .8rem 0 .3rem; color: var(--muted); font-size: .82rem; font-weight: 500;
    }
    .panel th, .panel td { border: 0; padding: .18rem; text-align: center; vertical-align: middle; }
    .panel thead th { font-size: .82rem; padding-bottom: .3rem; vertical-align: bottom; }
    .panel tr > :first-child {
      width: var(--label); padding: 0 .75rem 0 0; text-align: left; font-size: .85rem; line-height: 1.3;
      font-weight: 500; hyphens: auto;
      position: sticky; left: 0; background: var(--paper); z-index: 1;
    }
    .panel img {
      display: block; width: 100%; height: auto; image-rendering: pixelated;
      outline: 1px solid var(--rule); outline-offset: -1px;
    }
    .scales { display: flex; flex-wrap: wrap; gap: .75rem 2.5rem; margin-top: 1rem; }
    .scales p { margin: 0 0 .3rem; font-size: .82rem; color: var(--muted); }

    .confusions {
      display: grid; gap: 2.5rem 3rem;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr));
    }
    .confusion th, .confusion td {
      border: 1px solid var(--paper); padding: .45rem .5rem; text-align: center;
    }
    .confusion th[scope=row] { padding-left: 0; text-align: left; }
    .confusion td { background: rgba(var(--cell), calc(var(--share) * .5)); min-width: 3rem; }
    .confusion td.truth { font-weight: 700; }

    .facts {
      display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .4rem 2rem; font-size: .95rem;
    }
    .facts dt { color: var(--muted); }
    .facts dd { margin: 0; }
    pre {
      margin: 0 0 1rem; padding: .9rem 1.1rem; background: var(--wash); border-radius: 4px; overflow-x: auto;
      font: .88rem/1.55 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere;
    }
    .columns {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 4rem;
    }
    footer {
      margin-top: 5rem; padding-top: 1.25rem; border-top: 1px solid var(--rule); color: var(--muted);
      font-size: .88rem;
    }

    @media (max-width: 55rem) {
      .answer { grid-template-columns: minmax(0, 1fr); gap: 2.25rem; }
    }
    @media (max-width: 40rem) {
      section { margin-top: 3.25rem; }
      th, td { padding-inline: .45rem; }
      .glance { font-size: .84rem; }
      .glance thead th { font-size: .78rem; }
      .glance thead td { width: 5.2rem; }
      .glance thead small { display: none; }
      .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
      .facts dd { margin-bottom: .7rem; }
      .panel { --label: 5.4rem; }
      .aspects { min-width: 0; }
      .aspects, .aspects tbody, .aspects tr, .aspects th, .aspects td { display: block; padding: 0; }
      .aspects thead { display: none; }
      .aspects tr { padding: .7rem 0; border-bottom: 1px solid var(--rule); }
      .aspects th, .aspects td { border: 0; }
      .aspects td { margin-top: .4rem; }
      .aspects td::before { content: attr(data-of); display: block; }
      .panel tr > :first-child { font-size: .75rem; padding-right: .4rem; }
      .panel.long table { width: calc(var(--label) + var(--shown) * var(--picture)); }
      .glance, .glance.many { min-width: calc(5.2rem + var(--columns) * 5.45rem); }
      .glance.many thead td { width: 5.2rem; }
      .scroll tr > :first-child { padding-right: .6rem; }
      .differences { min-width: 0; }
      .differences th[scope=row] { min-width: 6.5rem; }
      .glance th, .glance td { padding: .5rem .35rem .5rem 0; }
      .glance td small { font-size: .7rem; letter-spacing: -.02em; }
      .bleed { margin-right: calc(-1 * clamp(1.15rem, 5vw, 3rem)); }
    }
    @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
    @media print, (prefers-reduced-motion: reduce) {
      .window .frames { display: none; }
      .window .still { display: inline; }
    }
    @page { margin: 16mm 15mm; }
    @media print {
      :root { color-scheme: light; --paper: #fff; }
      html { font-size: 9.5pt; }
      body { padding: 0; }
      nav, footer, .skip, .screen { display: none; }
      header { padding-top: 0; }
      section { margin-top: 2.4rem; }
      .answer { grid-template-columns: minmax(0, 7fr) minmax(0, 5fr); gap: 2rem; }
      .lede { font-size: 1.7rem; }
      .charts { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1.25rem 1.5rem; }
      .charts text { font-size: 14px; }
      .columns { grid-template-columns: 1fr 1fr; gap: 0 2rem; }
      .glance { break-inside: avoid; }
      .glance th, .glance td { padding-block: .32rem; }
      .glance .group th { padding-top: .8rem; }
      .panel { width: 82%; }
      .scroll { overflow: visible; }
      .panel table, .glance { min-width: 0; }
      .panel tr > :first-child, .scroll tr > :first-child { position: static; }
      .glance.many { font-size: .72rem; }
      .glance.many th, .glance.many td { padding-right: .3rem; }
      h2, h3, caption, .legend-list { break-after: avoid; }
      figure, .panel, .chart-group, tr, .confusion, .window, pre { break-inside: avoid; }
      details::details-content { content-visibility: visible; height: auto; opacity: 1; }
      summary { list-style: none; }
      .fill, .stack span, td, img, svg, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      a { color: inherit; text-decoration: none; }
    }

    """
}
