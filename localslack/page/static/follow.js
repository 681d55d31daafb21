// Keeps a log at its end while somebody reads there, also when pictures arrive late, and leaves it alone otherwise.

const NEAR = 80;

export class Follower {
  constructor(log, rows) {
    this.log = log;
    this.stuck = true;
    this.last = 0;
    // rows that are drawn late move the log as well, so only what a hand does takes it off its end
    log.addEventListener("wheel", (event) => event.deltaY < 0 && this.leave(), { passive: true });
    log.addEventListener("touchmove", () => this.leave(), { passive: true });
    log.addEventListener("pointerdown", (event) => event.target === log && this.leave());
    log.addEventListener("keydown", (event) => ["ArrowUp", "PageUp", "Home"].includes(event.key) && this.leave());
    log.addEventListener("toggle", (event) => event.target.matches(".chart-numbers") && this.leave(), true);
    log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(rows);
  }

  // Only who comes down to the end stays there: this may be word of an earlier move, while a hand goes up already.
  scrolled() {
    if (this.log.scrollTop > this.last && this.near()) this.stuck = true;
    this.last = this.log.scrollTop;
  }

  near() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  leave() {
    this.stuck = false;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.last = this.log.scrollTop;
    this.stuck = true;
  }

  // Show one row; from now on the log stays where it is.
  show(row) {
    this.stuck = false;
    row.scrollIntoView({ block: "center" });
  }
}
