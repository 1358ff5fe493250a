/// The style sheet of every page that shows charts: light and dark, wide and narrow.
///
/// Series colours follow Okabe and Ito's palette, which the colour-blind tell apart, darkened on white and
/// lightened on black for contrast; a ninth series differs by its dash.
enum ReportStyle {
  private static let dark = """
    --page:#121614;--card:#1a1f1c;--ink:#ecebe5;--muted:#a6ada6;--rule:#2f3732;--grid:#2a312d;
    --accent:#8ccfa7;--wash:#1f2a24;--bad:#ffb4a3;--badwash:#3a1f1a;--good:#8ccfa7;
    --c1:#6cb6f2;--c2:#ff9d5c;--c3:#4fd1a5;--c4:#e9a3ca;--c5:#f2cf63;--c6:#a5a8ff;--c7:#c8d67a;--c8:#c3c6c3;
    """

  static let css = """
    :root{color-scheme:light dark;
    --page:#f7f6f1;--card:#fff;--ink:#1c211e;--muted:#5c655f;--rule:#dcdcd2;--grid:#e9e9e2;
    --accent:#22694a;--wash:#eaf2ec;--bad:#9c2a14;--badwash:#fdece7;--good:#22694a;
    --c1:#0068a8;--c2:#c44900;--c3:#00805c;--c4:#a63f7c;--c5:#8a6400;--c6:#4b46b8;--c7:#5c6b12;--c8:#5a5f5c}
    @media (prefers-color-scheme:dark){:root{\(dark)}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
    @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
    body{margin:0;background:var(--page);color:var(--ink);
    font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;
    font-variant-numeric:tabular-nums}
    .wide{max-width:1120px;margin:0 auto;padding:0 20px}
    header.top{padding:36px 0 4px}
    h1{font:600 clamp(26px,5vw,38px)/1.15 ui-serif,Georgia,"Times New Roman",serif;margin:0 0 6px;
    overflow-wrap:anywhere}
    h2{font:600 22px/1.3 ui-serif,Georgia,"Times New Roman",serif;margin:44px 0 6px}
    h3{font-size:16px;margin:26px 0 8px}
    p{margin:0 0 12px;max-width:76ch}
    .muted,.lead{color:var(--muted)}
    .eyebrow{color:var(--accent);font-weight:600;font-size:14px;margin-bottom:6px}
    .badge{display:inline-block;font-size:13px;font-weight:600;border-radius:99px;padding:1px 10px;
    border:1px solid currentColor;color:var(--accent);vertical-align:middle}
    .badge.bad{color:var(--bad)}
    a{color:var(--accent)}
    :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
    .skip{position:absolute;left:-999px}.skip:focus{left:12px;top:12px;background:var(--card);padding:8px}
    nav{display:flex;flex-wrap:wrap;gap:4px 18px;padding:12px 0;border-block:1px solid var(--rule);
    margin-top:20px;font-size:15px}
    nav a{text-decoration:none;padding:3px 0}nav a:hover{text-decoration:underline}
    dl.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:1px;margin:20px 0 0;
    background:var(--card);border:1px solid var(--rule);border-radius:10px;overflow:hidden}
    dl.tiles div{box-shadow:0 0 0 1px var(--rule);padding:12px 14px}
    dt{color:var(--muted);font-size:13px}dd{margin:2px 0 0;font-size:18px;text-wrap:balance;font-weight:600;line-height:1.25;
    overflow-wrap:anywhere}
    dd small{display:block;font-size:13px;font-weight:400;color:var(--muted)}
    .absent{font-weight:400;font-size:16px;color:var(--muted);font-style:italic}
    .verdict{font:400 20px/1.45 ui-serif,Georgia,"Times New Roman",serif;margin:20px 0 0;max-width:60ch}
    .banner{border-left:5px solid var(--bad);background:var(--badwash);padding:12px 16px;border-radius:6px;
    margin:18px 0}.banner p:last-child{margin:0}.banner strong{color:var(--bad)}
    .grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:16px;
    margin:14px 0;align-items:start}
    .chart,.card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:14px 16px;
    margin:0;min-width:0}
    .card{margin:14px 0}.card>h3:first-child{margin-top:0}
    figcaption{font-weight:600;margin-bottom:4px;overflow-wrap:anywhere}
    .chart>svg{display:block;width:100%;max-width:44rem;height:auto;overflow:visible}
    .chart .note{font-size:13px;color:var(--muted);margin:4px 0 0}
    .legend{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;padding:0;margin:0 0 6px;font-size:14px}
    .legend li{overflow-wrap:anywhere}
    .key{width:22px;height:12px;margin-right:6px;vertical-align:-1px}
    svg text{font-size:12px;fill:var(--ink)}
    svg .tick{fill:var(--muted)}svg .row{font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:4px}
    svg .cell{font-size:12px}
    .grid path,path.grid{fill:none}path.grid{display:inline;stroke:var(--grid);stroke-width:1}
    path.zero{stroke:var(--muted);stroke-width:1;fill:none}path.divider{stroke:var(--rule);stroke-width:1}
    path.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;stroke:var(--s)}
    path.band{fill:var(--s);fill-opacity:.17;stroke:none}
    circle.dot{fill:var(--s)}circle.hollow{fill:var(--card);stroke:var(--s);stroke-width:2}
    path.points{fill:none;stroke:var(--s);stroke-width:7;stroke-opacity:.75;stroke-linecap:round}
    path.points.square{stroke-linecap:square;stroke-width:6}path.points.small{stroke-width:4}
    rect.bar{fill:var(--s)}rect.solid{shape-rendering:crispEdges}
    path.whisker{fill:none;stroke:var(--ink);stroke-width:1.5}
    .d1{stroke-dasharray:7 4}.d2{stroke-dasharray:2 4}
    rect.strip{fill:transparent}rect.strip:hover{fill:var(--ink);fill-opacity:.09}
    .s1{--s:var(--c1)}.s2{--s:var(--c2)}.s3{--s:var(--c3)}.s4{--s:var(--c4)}
    .s5{--s:var(--c5)}.s6{--s:var(--c6)}.s7{--s:var(--c7)}.s8{--s:var(--c8)}
    details{margin-top:8px;font-size:14px}
    summary{cursor:pointer;color:var(--accent);padding:4px 0;width:fit-content}
    .scroll{overflow:auto;max-height:420px;max-width:100%}
    table{border-collapse:collapse;font-size:14px;width:100%}
    caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    th,td{padding:5px 10px 5px 0;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
    th:first-child,td:first-child{text-align:left}
    thead th{color:var(--muted);font-weight:600;white-space:normal;vertical-align:bottom;
    position:sticky;top:0;background:var(--card)}
    tbody th{font-weight:500}
    .words th:nth-child(2),.words td:nth-child(2){text-align:left}
    .sentences td{white-space:normal;min-width:min(34ch,50vw)}
    .wraps{max-height:none}.wraps tbody th{white-space:normal;min-width:min(34ch,36vw);overflow-wrap:anywhere}
    td.bad{color:var(--bad);font-weight:600}
    pre{white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,
    monospace;margin:0;unicode-bidi:isolate}
    .text{background:var(--page);border:1px solid var(--rule);border-radius:6px;padding:9px 11px;
    max-height:300px;overflow:auto}
    .sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:14px;
    margin:12px 0}
    .sides>div{min-width:0}.side{font-size:14px;margin:0 0 4px}.side b{margin-right:8px}
    .label{font-size:13px;color:var(--muted);margin:0 0 3px}
    .rise{color:var(--good);font-weight:600}.fall{color:var(--bad);font-weight:600}
    footer{color:var(--muted);font-size:14px;padding:36px 0 48px}
    @media (max-width:480px){.wide{padding:0 14px}.chart,.card{padding:12px}header.top{padding-top:24px}
    h2{margin-top:34px}svg text,svg .cell{font-size:14px}dl.tiles{grid-template-columns:1fr 1fr}}
    @media print{nav,.skip{display:none}.chart,.card{break-inside:avoid}}
    """
}
