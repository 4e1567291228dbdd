import { pageSuite } from "./page.js";

pageSuite("nginx");
