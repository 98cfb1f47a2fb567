import { MemoryThreadPool } from 'heddle/testing';
import { ThreadPool } from 'heddle/threads';

type Connect = ReturnType<MemoryThreadPool['connect']>;

/** Connections whose threads do not end when they are told to, but when {@link endAll} lets them. */
class DeafThreads {
  readonly #told: (() => void)[] = [];

  endAll(): void {
    for (const end of this.#told.splice(0)) end();
  }

  deafen(connect: Connect): Connect {
    return (listener) => {
      const connection = connect(listener);
      const end = connection.end.bind(connection);
      connection.end = () => void this.#told.push(end);
      return connection;
    };
  }
}

/** A pool without threads whose threads do not end when they are told to. */
export class DeafPool extends MemoryThreadPool {
  readonly #threads = new DeafThreads();

  endAll(): void {
    this.#threads.endAll();
  }

  protected override connect(): Connect {
    return this.#threads.deafen(super.connect());
  }
}

/** The same with threads. */
export class DeafThreadPool extends ThreadPool {
  readonly #threads = new DeafThreads();

  endAll(): void {
    this.#threads.endAll();
  }

  protected override connect(...args: Parameters<ThreadPool['connect']>): Connect {
    return this.#threads.deafen(super.connect(...args));
  }
}

/** A pool without threads whose threads have ended when they have been told to, as on Deno. */
export class SuddenPool extends MemoryThreadPool {
  protected override connect(): Connect {
    const connect = super.connect();
    return (listener) => {
      const connection = connect(listener);
      let hasEnded = false;
      connection.end = () => {
        if (!hasEnded) listener.ended({ exitCode: 1 });
        hasEnded = true;
      };
      return connection;
    };
  }
}
