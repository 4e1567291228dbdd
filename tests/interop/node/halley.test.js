import halley from "halley";

import { halleyClient } from "../clients/halley.js";
import { clientSuite } from "../support/suite.js";

// After a cut it waits for the end of the connect that it believes to be held, so it cannot resume in time.
clientSuite("Halley, long-polling", (url) => halleyClient(new halley.Client(url, { disabled: ["websocket"], retry: 200 })),
  { resumes: false, type: "long-polling" });

// That a WebSocket is closed tells it nothing about the connect which it has sent on it.
clientSuite("Halley, websocket", (url) => halleyClient(new halley.Client(url, { retry: 200 })), { notices: false, type: "websocket" });
