// The player of /watch/{stream_id}: hls.js where Media Source exists, the browser's own HLS elsewhere.

const FIRST_POLL_MS = 2000;
const MAX_POLL_MS = 15000;
const MAX_WAIT_MS = 60 * 60 * 1000;
const MAX_NETWORK_RECOVERIES = 8;
const MAX_MEDIA_RECOVERIES = 3;
const HEALTHY_MS = 30000;
const STALL_MS = 4000;

const streamId = location.pathname.split('/').filter(Boolean).pop() ?? '';
const url = new URL(`/streams/${streamId}/master.m3u8`, location.href).href;
const state = { phase: 'loading', live: false, latencySecs: null, level: null, error: null, wasLive: false };
const player = { hls: null, state };
window.streaminfa = player;

const $ = (id) => document.getElementById(id);
const video = $('video');
const Hls = window.Hls;

// What the page shows

function show(phase, title = '', text = '', action = null) {
  state.phase = phase;
  document.body.dataset.phase = phase;
  $('notice-title').textContent = title;
  $('notice-text').textContent = text;
  const button = $('notice-action');
  button.hidden = action === null;
  if (action) {
    button.textContent = action.label;
    button.onclick = action.run;
  }
  showBadge();
}

function showBadge(stalled = false) {
  const badge = $('badge');
  const playing = state.phase === 'playing';
  badge.hidden = !playing && state.phase !== 'ended';
  badge.classList.toggle('live', playing && state.live && !stalled);
  if (state.phase === 'ended') badge.textContent = 'ENDED';
  else if (stalled) badge.textContent = state.live ? 'WAITING FOR SIGNAL' : 'BUFFERING';
  else badge.textContent = state.live ? 'LIVE' : 'RECORDING';
}

const lines = (level) => Math.min(level.width, level.height) || level.height;

function megabits(bitsPerSecond) {
  return bitsPerSecond >= 1e6
    ? `${(bitsPerSecond / 1e6).toFixed(1)} Mbps`
    : `${Math.round(bitsPerSecond / 1e3)} kbps`;
}

function levelName(level) {
  const rate = megabits(level.bitrate);
  return level.height ? `${lines(level)}p · ${rate}` : rate;
}

function fillQualities(levels) {
  const menu = $('quality');
  const sorted = levels.map((level, index) => ({ level, index }));
  sorted.sort((a, b) => b.level.bitrate - a.level.bitrate);
  menu.replaceChildren(
    new Option('Auto', '-1'),
    ...sorted.map(({ level, index }) => new Option(levelName(level), String(index))),
  );
  menu.disabled = levels.length < 2;
}

function showLevel() {
  const { hls } = player;
  const level = hls?.levels?.[hls.currentLevel];
  state.level = level ? { width: level.width, height: level.height, bitrate: level.bitrate } : null;
  const size = video.videoWidth ? `${video.videoWidth} × ${video.videoHeight}` : '';
  $('level').textContent = [size, level ? megabits(level.bitrate) : ''].filter(Boolean).join(' · ') || '–';
  if (hls) {
    $('quality').options[0].textContent = level?.height && hls.autoLevelEnabled ? `Auto (${lines(level)}p)` : 'Auto';
  }
}

function liveEdge() {
  if (player.hls) return player.hls.liveSyncPosition ?? NaN;
  return video.seekable.length ? video.seekable.end(video.seekable.length - 1) - 6 : NaN;
}

function latencySecs() {
  if (player.hls) return player.hls.latency;
  return video.seekable.length ? video.seekable.end(video.seekable.length - 1) - video.currentTime : 0;
}

function bufferedSecs() {
  for (let i = 0; i < video.buffered.length; i++) {
    if (video.buffered.start(i) <= video.currentTime + 0.1 && video.currentTime < video.buffered.end(i)) {
      return video.buffered.end(i) - video.currentTime;
    }
  }
  return 0;
}

function showClock() {
  const playing = state.phase === 'playing';
  state.latencySecs = state.live && playing ? latencySecs() : null;
  $('latency-fact').hidden = state.latencySecs === null;
  $('latency').textContent = state.latencySecs === null ? '–' : `${state.latencySecs.toFixed(1)} s`;
  $('buffered').textContent = playing ? `${bufferedSecs().toFixed(1)} s` : '–';
  const behind = state.live && playing && (liveEdge() - video.currentTime > 4 || video.paused);
  $('go-live').hidden = !behind;
  $('unmute').hidden = !(playing && video.muted && !video.paused);
}

// Before there is anything to play

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function whileVisible() {
  if (!document.hidden) return;
  await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
}

/** Asks with growing pauses until `look` gives something other than null, or too long has passed. */
async function poll(look) {
  const giveUp = Date.now() + MAX_WAIT_MS;
  let pauseMs = FIRST_POLL_MS;
  while (Date.now() < giveUp) {
    const found = await look();
    if (found !== null) return found;
    await wait(pauseMs * (0.85 + Math.random() * 0.3));
    await whileVisible();
    pauseMs = Math.min(pauseMs * 1.5, MAX_POLL_MS);
  }
  return null;
}

async function status(address) {
  try {
    const response = await fetch(address, { cache: 'no-store' });
    return { code: response.status, text: response.ok ? await response.text() : '' };
  } catch {
    return { code: 0, text: '' };
  }
}

const again = { label: 'Try again', run: () => start() };
let attempt = 0;

async function start(fromTheBeginning = false) {
  const mine = ++attempt;
  stop();
  show('loading', 'Loading…');
  const code = await poll(async () => {
    if (mine !== attempt) return -1;
    const answer = await status(url);
    if (answer.code === 404) {
      show('waiting', 'This stream has not begun', 'It starts here by itself as soon as the broadcaster is on air.');
      return null;
    }
    if (answer.code === 0 || answer.code >= 500 || answer.code === 429) {
      show('reconnecting', 'No connection to the server', 'Trying again, there is nothing for you to do.');
      return null;
    }
    return answer.code;
  });
  if (mine !== attempt) return;
  if (code === 200) play(fromTheBeginning);
  else if (code === 410) show('gone', 'This stream was removed', 'It is no longer available.');
  else if (code === null) show('waiting', 'Nothing here yet', 'This page has stopped looking.', again);
  else show('unknown', 'No such stream', 'The address is not that of a stream. Check the link.');
}

// Playing

const recoveries = { network: 0, media: 0, lastMs: 0 };

function stop() {
  player.hls?.destroy();
  player.hls = null;
  state.live = false;
  if (video.getAttribute('src')) {
    video.removeAttribute('src');
    video.load();
  }
}

function play(fromTheBeginning) {
  state.error = null;
  if (Hls?.isSupported()) playWithHls(fromTheBeginning);
  else if (video.canPlayType('application/vnd.apple.mpegurl')) playNatively();
  else show('failed', 'This browser cannot play the stream', 'It supports neither Media Source nor HLS.');
}

function playWithHls(fromTheBeginning) {
  const hls = new Hls({
    startPosition: fromTheBeginning ? 0 : -1,
    backBufferLength: 60,
    lowLatencyMode: true,
    // From the live edge as it moves between two segments, so that one to two segments are ahead.
    liveSyncDurationCount: 2,
    liveMaxLatencyDurationCount: 6,
    maxLiveSyncPlaybackRate: 1.05,
  });
  player.hls = hls;
  hls.on(Hls.Events.MANIFEST_PARSED, (_, data) => {
    fillQualities(data.levels);
    video.play().catch(() => showClock());
  });
  hls.on(Hls.Events.LEVEL_UPDATED, (_, data) => {
    state.live = data.details.live;
    state.wasLive ||= data.details.live;
    showBadge();
  });
  hls.on(Hls.Events.LEVEL_SWITCHED, showLevel);
  hls.on(Hls.Events.FRAG_BUFFERED, () => {
    if (state.phase !== 'playing' && state.phase !== 'ended') show('playing');
    if (Date.now() - recoveries.lastMs > HEALTHY_MS) recoveries.network = recoveries.media = 0;
  });
  hls.on(Hls.Events.ERROR, (_, data) => data.fatal && recover(hls, data));
  hls.attachMedia(video);
  hls.loadSource(url);
}

function playNatively() {
  video.src = url;
  video.play().catch(() => showClock());
}

async function recover(hls, data) {
  state.error = data.details;
  recoveries.lastMs = Date.now();
  if (data.type === Hls.ErrorTypes.MEDIA_ERROR && recoveries.media++ < MAX_MEDIA_RECOVERIES) {
    if (recoveries.media > 1) hls.swapAudioCodec();
    hls.recoverMediaError();
    return;
  }
  if (data.type === Hls.ErrorTypes.NETWORK_ERROR && recoveries.network++ < MAX_NETWORK_RECOVERIES) {
    if (bufferedSecs() < 0.5) {
      show('reconnecting', 'The connection was lost', 'Trying again, there is nothing for you to do.');
    }
    await wait(Math.min(1000 * 2 ** (recoveries.network - 1), MAX_POLL_MS));
    if (player.hls !== hls) return;
    const code = data.response?.code;
    if (code === 404 || code === 410 || data.details.startsWith('manifest')) start();
    else hls.startLoad();
    return;
  }
  stop();
  recoveries.network = recoveries.media = 0;
  show('failed', 'The stream cannot be played', `The player gave up (${data.details}).`, again);
}

// A live stream that is over may come back as a recording, under the same address

async function ended() {
  if (!state.wasLive || state.phase === 'ended') return;
  const playlist = player.hls?.levels?.[Math.max(0, player.hls.currentLevel)]?.url?.[0] ?? url;
  const mine = ++attempt;
  state.live = false;
  state.wasLive = false;
  show('ended', 'The live stream has ended', 'Looking for its recording…');
  const recorded = await poll(async () => {
    if (mine !== attempt) return false;
    const answer = await status(playlist);
    if (answer.code === 404 || answer.code === 410) return 'nothing';
    if (!answer.text.includes('#EXT-X-PLAYLIST-TYPE:VOD')) return null;
    return /^#EXT-X-MEDIA-SEQUENCE:0\b/m.test(answer.text) ? 'all' : 'end';
  });
  if (mine !== attempt) return;
  if (recorded === 'all') {
    const watch = { label: 'Watch from the start', run: () => start(true) };
    show('ended', 'The live stream has ended', 'Its recording is ready.', watch);
  } else if (recorded === 'end') {
    const watch = { label: 'Watch the end again', run: () => start(true) };
    show('ended', 'The live stream has ended', 'It was not recorded; only its end is left.', watch);
  } else {
    show('ended', 'The live stream has ended', 'There is no recording of it.');
  }
}

let stallTimer = 0;

function moving() {
  clearTimeout(stallTimer);
  if (!player.hls) {
    state.live = video.duration === Infinity;
    state.wasLive ||= state.live;
  }
  if (state.phase !== 'playing') show('playing');
  showBadge();
  showLevel();
}

video.addEventListener('playing', moving);
video.addEventListener('resize', showLevel);
video.addEventListener('volumechange', showClock);
video.addEventListener('ended', ended);
video.addEventListener('waiting', () => {
  clearTimeout(stallTimer);
  stallTimer = setTimeout(() => showBadge(true), STALL_MS);
});
video.addEventListener('error', async () => {
  if (player.hls || !video.getAttribute('src')) return;
  state.error = video.error?.message || 'native';
  recoveries.lastMs = Date.now();
  stop();
  if (recoveries.network++ < MAX_NETWORK_RECOVERIES) {
    show('reconnecting', 'The connection was lost', 'Trying again, there is nothing for you to do.');
    await wait(Math.min(1000 * 2 ** (recoveries.network - 1), MAX_POLL_MS));
    start();
  } else {
    recoveries.network = 0;
    show('failed', 'The stream cannot be played', 'The browser gave up.', again);
  }
});

$('unmute').onclick = () => {
  video.muted = false;
  if (video.volume === 0) video.volume = 1;
};
$('go-live').onclick = () => {
  const edge = liveEdge();
  if (Number.isFinite(edge)) video.currentTime = edge;
  video.play().catch(() => showClock());
};
$('quality').onchange = (event) => {
  if (player.hls) player.hls.nextLevel = Number(event.target.value);
  showLevel();
};

$('url').value = url;
$('url').onfocus = (event) => event.target.select();
$('copy').onclick = async (event) => {
  const button = event.currentTarget;
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    // The clipboard is for secure origins; a selection can be copied anywhere.
    $('url').select();
    document.execCommand('copy');
  }
  button.textContent = 'Copied';
  setTimeout(() => (button.textContent = 'Copy'), 1500);
};

setInterval(showClock, 500);
start();
