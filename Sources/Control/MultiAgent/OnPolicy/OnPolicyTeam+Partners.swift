import Foundation
import Numeric
import Worlds

/// Seats that others take.
extension OnPolicyTeam {
  /// Gives the seats of an environment for its next episode.
  func seat(_ index: Int) {
    guard let pool = plan.partners else { return }
    let own = random.integer(below: team.agents)
    lanes[0][index].agent = own
    for agent in 0..<team.agents {
      seated[index * team.agents + agent] = agent == own ? nil : pool.draw(&random)
    }
  }

  func endEpisodes() {
    for index in 0..<environment.count where environment.terminated[index] || environment.truncated[index] {
      seat(index)
    }
  }

  func letPartnersAct() {
    let size = team.actionWidth
    var input = [Float](repeating: 0, count: inputWidth)
    for index in 0..<environment.count {
      for agent in 0..<team.agents where agent != lanes[0][index].agent {
        let place = index * team.agents + agent
        let seen = environment.states(team) + index * team.stateWidth
        joint.withUnsafeMutableBufferPointer { joint in
          let action = joint.baseAddress! + place * size
          if let partner = seated[place] {
            partner.act(seen, seat: agent, into: action, random: &random)
          } else {
            write(Lane(environment: index, agent: agent), lastSeen, into: &input)
            actors[0].act(input, deterministic: false, into: action, random: &random)
          }
        }
      }
    }
  }
}
