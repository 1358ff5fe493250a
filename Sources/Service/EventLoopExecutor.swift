import NIOPosix

/// Runs tasks on the event loops themselves: a request is read, scored and answered on one thread, with no change of
/// threads and no wake-up in between. What may block runs on threads of its own, and scoring over bytes takes time
/// linear in a body of bounded length.
@available(macOS 15, *)
final class EventLoopExecutor: TaskExecutor {
  private let group: MultiThreadedEventLoopGroup

  init(_ group: MultiThreadedEventLoopGroup) { self.group = group }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // On a loop of the group this is that loop.
    group.any().execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
