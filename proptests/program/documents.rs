//! Documents that tests of the program share.

/// The group of the documented example.
pub(super) const ORDERS: &str = r#"{"name": "orders",
 "topics": {"orders": 12, "clicks": {"partitions": 6, "racks": [["a","b"],["b","c"],["c"],["a"],["b"],["c"]]}},
 "members": [
   {"id": "c1", "topics": ["orders", "clicks"], "owned": {"orders": [0,1,2,3,4,5,6,7,8,9,10,11]}, "generation": 7, "rack": "a", "instance": "pod-1"},
   {"id": "c2", "topics": "*"}
 ]}"#;

/// Two members that share one topic.
pub(super) const PAIR: &str =
    r#"{"topics": {"t": 4}, "members": [{"id": "a", "topics": ["t"], "owned": {"t": [0,1,2,3]}}, {"id": "b", "topics": "*"}]}"#;

/// A group of so many members, each subscribing to one topic of its own.
pub(super) fn lonely(members: usize) -> String {
    let topics: Vec<String> = (0..members).map(|number| format!(r#""t{number}": 1"#)).collect();
    let members: Vec<String> = (0..members).map(|number| format!(r#"{{"id": "m{number}", "topics": ["t{number}"]}}"#)).collect();
    format!(r#"{{"topics": {{{}}}, "members": [{}]}}"#, topics.join(","), members.join(","))
}

/// Two members that subscribe to topic `t` of four partitions, and this assignment.
pub(super) fn judged(assignment: &str) -> String {
    format!(
        r#"{{"topics": {{"t": 4, "u": 0}}, "members": [{{"id": "a", "topics": ["t"]}}, {{"id": "b", "topics": ["t"]}}, {{"id": "c", "topics": []}}], "assignment": {assignment}}}"#
    )
}
