/*
 * 一拨通 on another site:
 *
 *   <script src="https://the-service/embed.js" data-label="法律咨询" data-color="#0b4a57" data-side="right" async></script>
 *
 * Adds one button; the page opens beside it in a frame of its own, loaded only when it is asked for. Nothing of the site can
 * see into it or is seen by it. The service must allow the site's origin (YIBOTONG_EMBED_ORIGINS).
 */
(function () {
  'use strict';
  var script = document.currentScript;
  if (!script || window.yibotongEmbedded) return;
  window.yibotongEmbedded = true;

  var origin = new URL(script.src).origin;
  var wanted = script.dataset;
  var label = (wanted.label || '法律咨询').slice(0, 12);
  var side = wanted.side === 'left' ? 'left' : 'right';
  // White words on it must be readable; what is no colour or too light is not used.
  var colour = readable(wanted.color) || '#0b4a57';

  var host = document.createElement('div');
  // The site's own styles stop here, and ours don't reach out.
  var root = host.attachShadow({ mode: 'open' });
  var style = new CSSStyleSheet();
  style.replaceSync(
    ':host{all:initial}' +
      '*{box-sizing:border-box}' +
      'button{position:fixed;z-index:2147483646;bottom:max(16px,env(safe-area-inset-bottom));' + side + ':16px;' +
      'min-height:52px;padding:10px 18px;border:2px solid #fff;border-radius:26px;background:' + colour + ';color:#fff;' +
      'font:700 18px/1.3 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;cursor:pointer;' +
      'box-shadow:0 2px 8px rgb(0 0 0/35%)}' +
      'button:focus-visible{outline:3px solid ' + colour + ';outline-offset:3px}' +
      'div{position:fixed;z-index:2147483647;bottom:16px;' + side + ':16px;width:min(400px,calc(100vw - 32px));' +
      'height:min(720px,calc(100vh - 32px));border:1px solid #67757e;border-radius:12px;overflow:hidden;background:#fff;' +
      'box-shadow:0 4px 24px rgb(0 0 0/35%)}' +
      'iframe{display:block;width:100%;height:100%;border:0}' +
      '[hidden]{display:none}' +
      '@media (max-width:480px){div{inset:0;width:100%;height:100%;border:0;border-radius:0}}' +
      '@media print{button,div{display:none}}',
  );
  root.adoptedStyleSheets = [style];

  var button = document.createElement('button');
  button.type = 'button';
  button.textContent = label;
  button.setAttribute('aria-expanded', 'false');
  var box = document.createElement('div');
  box.hidden = true;
  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-label', label);
  root.append(button, box);
  var frame = null;

  button.addEventListener('click', open);
  box.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') close();
  });
  window.addEventListener('message', function (event) {
    // Only the frame itself may ask to be closed, and that is all it can ask.
    if (event.origin !== origin || !frame || event.source !== frame.contentWindow) return;
    if (event.data && event.data.yibotong === 'close') close();
  });

  function open() {
    if (!frame) {
      frame = document.createElement('iframe');
      frame.title = label;
      frame.src = origin + '/embed/?color=' + encodeURIComponent(colour.slice(1));
      frame.allow = 'microphone; clipboard-write; web-share';
      frame.referrerPolicy = 'no-referrer';
      box.append(frame);
    }
    box.hidden = false;
    button.hidden = true;
    button.setAttribute('aria-expanded', 'true');
    frame.focus();
  }

  function close() {
    box.hidden = true;
    button.hidden = false;
    button.setAttribute('aria-expanded', 'false');
    button.focus();
  }

  function readable(given) {
    var match = /^#?([0-9a-f]{6})$/i.exec(given || '');
    if (!match) return null;
    var light = [0, 2, 4].map(function (at) {
      var share = parseInt(match[1].slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    });
    var contrast = 1.05 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05);
    return contrast >= 7 ? '#' + match[1].toLowerCase() : null;
  }

  if (document.body) document.body.append(host);
  else document.addEventListener('DOMContentLoaded', function () { document.body.append(host); });
})();
