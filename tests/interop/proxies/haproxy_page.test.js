import { pageSuite } from "./page.js";

pageSuite("haproxy");
