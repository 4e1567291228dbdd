import { proxySuite } from "./suite.js";

proxySuite("nginx");
