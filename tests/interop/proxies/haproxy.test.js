import { proxySuite } from "./suite.js";

proxySuite("haproxy");
