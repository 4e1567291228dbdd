import { connect, element } from "./shared/bus.js";

const sensors = 48;

/** One side of the page, on a connection of its own, so that its responses can be counted. */
function side(name, subscribe = () => {}) {
  const box = document.getElementById(name);
  const tiles = Array.from({ length: sensors }, () => element("span"));
  box.querySelector(".plant").append(...tiles);
  const count = (what, number) => { box.querySelector(`.${what}`).textContent = number.toLocaleString("en"); };
  let readings = 0;
  let responses = 0;

  const show = ({ channel, data }) => {
    const tile = tiles[Number(channel.split("/")[2])];
    tile.textContent = Math.round(data.celsius);
    tile.style.background = `hsl(${220 - data.celsius * 3.6} 75% 68%)`;
    count("readings", ++readings);
  };
  const cometd = connect({
    polls: true,
    ready(cometd) {
      cometd.subscribe(`/${name}/*`, show);
      subscribe(cometd);
    },
  });
  cometd.addListener("/meta/connect", () => count("responses", ++responses));
  return (wakes) => count("wakes", wakes);
}

const show_urgent_wakes = side("urgent");
const show_lazy_wakes = side("lazy", (cometd) => cometd.subscribe("/wakes", ({ data }) => {
  show_urgent_wakes(data.urgent);
  show_lazy_wakes(data.lazy);
}));
