/**
 * Keeps the WebSockets of a window, and of those that it becomes, in `page.sockets`: URL, what was asked and answered
 * when it was opened, and the messages that went over it.
 */
export async function watchSockets(page) {
  const cdp = await page.context().newCDPSession(page);
  const known = new Map();
  const socket = (id) => {
    if (!known.has(id)) known.set(id, { sent: [], received: [] });
    return known.get(id);
  };
  cdp.on("Network.webSocketCreated", ({ requestId, url }) => { socket(requestId).url = url; });
  cdp.on("Network.webSocketWillSendHandshakeRequest", ({ requestId, request }) => { socket(requestId).request = lower(request.headers); });
  cdp.on("Network.webSocketHandshakeResponseReceived", ({ requestId, response }) => {
    Object.assign(socket(requestId), { status: response.status, response: lower(response.headers) });
    if (response.requestHeaders) socket(requestId).request = lower(response.requestHeaders);
  });
  cdp.on("Network.webSocketFrameError", ({ requestId, errorMessage }) => { socket(requestId).error = errorMessage; });
  cdp.on("Network.webSocketFrameSent", ({ requestId, response }) => socket(requestId).sent.push(response.payloadData));
  cdp.on("Network.webSocketFrameReceived", ({ requestId, response }) => socket(requestId).received.push(response.payloadData));
  await cdp.send("Network.enable");
  page.sockets = { all: () => [...known.values()] };
}

const lower = (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
