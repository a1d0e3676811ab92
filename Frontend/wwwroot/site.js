// What the pages need of the browser besides Blazor: cookies for the preferences, the sign-in, the clipboard, dialogs.
// It listens at the document, so it does not matter when the elements come and go.
(() => {
  'use strict';

  const remember = (name, value) => {
    document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`;
  };

  // Read when the page becomes live, so that times are this zone's.
  remember('campaigns.zone', Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC');

  // What has been closed stays so until the window is; before anything is painted.
  const dismissed = () => sessionStorage.getItem('dismissed') ?? '';
  document.documentElement.dataset.dismissed = dismissed();

  // Blazor goes to the top behind every change of the address. What only opens or filters something on the same page
  // keeps the place; another part of a list, or another step, is like another page.
  const sheet = () => {
    const query = new URLSearchParams(location.search);
    return [location.pathname, query.get('cursor'), query.get('step')].join('\n');
  };
  const scroll = window.scrollTo.bind(window);
  let shown = sheet();
  window.addEventListener('popstate', () => { shown = sheet(); });
  window.scrollTo = (...to) => {
    const stays = to[0] === 0 && to[1] === 0 && sheet() === shown;
    shown = sheet();
    if (!stays) scroll(...to);
  };

  const focus = id => document.getElementById(id)?.focus(); // it may have been scrolled out of sight meanwhile

  const choices = {
    themeChoice(theme) {
      remember('campaigns.theme', theme);
      document.documentElement.dataset.theme = theme;
    },
    languageChoice(language) {
      remember('.AspNetCore.Culture', `c=${language}|uic=${language}`);
      location.reload();
    },
  };

  document.addEventListener('change', event => {
    for (const [name, choose] of Object.entries(choices)) {
      if (name in event.target.dataset) choose(event.target.value);
    }
  });

  document.addEventListener('click', event => {
    const at = attribute => event.target.closest(`[${attribute}]`);
    const copy = at('data-copy');
    if (copy) copyFrom(copy);
    const opener = at('data-opens');
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    const dismiss = at('data-dismisses');
    if (dismiss) {
      sessionStorage.setItem('dismissed', `${dismissed()} ${dismiss.dataset.dismisses}`);
      document.documentElement.dataset.dismissed = dismissed();
    }
    const closes = at('data-focuses');
    if (closes) focus(closes.dataset.focuses);
    if (at('data-reload')) location.reload();
    if (at('data-sign-out')) signOut();
    const link = event.target.closest('a');
    // The drawer of a phone closes behind the one who has chosen.
    if (link) link.closest(':popover-open')?.hidePopover();
    // What has been chosen in the menu shows at once, before the server knows of it.
    if (link?.closest('.sidebar')) link.dataset.chosen = '';
  });

  new MutationObserver(() => {
    for (const link of document.querySelectorAll('[data-chosen]')) delete link.dataset.chosen;
  }).observe(document, { subtree: true, attributeFilter: ['aria-current'] });

  async function copyFrom(button) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return; // Not allowed here: the text can still be selected.
    }

    const done = button.querySelector('[data-done]');
    done.textContent = done.dataset.done;
    setTimeout(() => { done.textContent = ''; }, 2000);
  }

  async function signOut() {
    await fetch('/api/auth/logout', { method: 'POST' }).catch(() => {});
    location.assign('/sign-in');
  }

  document.addEventListener('submit', event => {
    if ('signIn' in event.target.dataset) {
      event.preventDefault();
      signIn(event.target);
    }
  });

  async function signIn(form) {
    const note = form.querySelector('[role=alert]');
    const button = form.querySelector('[type=submit]');
    const say = text => {
      note.textContent = text;
      note.hidden = !text;
      button.disabled = false;
    };
    const { userName, password } = Object.fromEntries(new FormData(form));
    if (!userName || !password) {
      say(form.dataset.missing);
      form.elements[userName ? 'password' : 'userName'].focus();
      return;
    }

    button.disabled = true;
    let answer;
    try {
      answer = await fetch('/api/auth/login', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ userName, password }),
      });
    } catch {
      say(form.dataset.away);
      return;
    }

    if (answer.ok) {
      location.assign(form.dataset.signIn);
    } else if (answer.status === 429) {
      wait(form, say, Number(answer.headers.get('Retry-After')) || 1);
    } else {
      say(answer.status < 500 ? form.dataset.wrong : form.dataset.away);
      form.elements.password.select();
    }
  }

  function wait(form, say, seconds) {
    say(seconds > 0 ? form.dataset.locked.replace('{0}', seconds) : '');
    form.querySelector('[type=submit]').disabled = seconds > 0;
    if (seconds > 0) setTimeout(() => wait(form, say, seconds - 1), 1000);
  }

  // crypto.randomUUID() is not there without TLS.
  function newKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
  }

  // A file goes from the browser straight to the API, however large it is; the page only hears how far it is.
  let sending;
  let open; // what nobody has answered yet: whoever tries again brings the same key, and it is taken once
  window.campaigns = {
    focus,
    async look(input, most) {
      const [file] = input.files;
      return file ? { name: file.name, size: file.size, start: new Uint8Array(await file.slice(0, most).arrayBuffer()) } : null;
    },
    send: (input, address, page) => new Promise(done => {
      const [file] = input.files;
      let stopped = false;
      if (open?.file !== file || open?.address !== address) open = { file, address, key: newKey() };
      const mine = open;
      sending = new XMLHttpRequest();
      sending.open('POST', address);
      sending.setRequestHeader('Content-Type', 'text/csv');
      sending.setRequestHeader('Accept-Language', document.documentElement.lang);
      sending.setRequestHeader('Idempotency-Key', mine.key);
      sending.upload.onprogress = ({ loaded, total }) => {
        page.invokeMethodAsync('Sent', loaded / Math.max(1, total)).catch(() => {}); // the page may have been left
      };
      sending.onabort = () => { stopped = true; };
      sending.onloadend = () => {
        if (sending.status >= 200 && sending.status < 500 && ![409, 429].includes(sending.status) && open === mine) open = null;
        done({ status: sending.status, body: sending.responseText, stopped });
      };
      sending.send(file);
    }),
    stop() {
      sending?.abort();
    },
  };

  // The server has been restarted and does not know this page any more: take it anew.
  new MutationObserver(changes => {
    if (changes.some(({ target }) => target.id === 'components-reconnect-modal'
      && target.classList.contains('components-reconnect-rejected'))) {
      location.reload();
    }
  }).observe(document, { subtree: true, attributeFilter: ['class'] });
})();
