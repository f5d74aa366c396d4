import ArgumentParser

/// An error whose description is shown as it is.
struct CleanError: Error, CustomStringConvertible {
  let description: String
}

/// Shows errors in their own words, without the type's name around them.
func reportingErrors<Result>(_ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as CancellationError { throw error } catch let error
    as ValidationError
  {
    throw error
  } catch { throw CleanError(description: "\(error)") }
}

/// Shows errors in their own words, without the type's name around them.
func reportingErrors<Result>(_ body: () async throws -> Result) async throws -> Result {
  do { return try await body() } catch let error as CancellationError { throw error } catch let error
    as ValidationError
  {
    throw error
  } catch let error as CleanError {
    throw error
  } catch let error as ExitCode {
    throw error
  } catch { throw CleanError(description: "\(error)") }
}
