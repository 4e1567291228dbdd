import halley from "halley";

import { halleyClient } from "../clients/halley.js";
import { clientSuite } from "../support/suite.js";

// Without this it opens a WebSocket beside, and leaves the promise of that without anyone to hear that it failed.
const disabled = ["websocket"];

// After a cut it waits for the end of the connect that it believes to be held, so it cannot resume in time.
clientSuite("Halley, long-polling", (url) => halleyClient(new halley.Client(url, { disabled, retry: 200 })), { resumes: false });
